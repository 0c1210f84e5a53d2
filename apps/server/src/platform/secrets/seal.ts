import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';

const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/**
 * Encrypts secrets at rest with AES-256-GCM: nonce ‖ tag ‖ ciphertext. `context` (for example tenant and row id) is
 * bound to the result, so that a sealed value copied to another row does not open there.
 */
export interface Sealer {
  seal(plain: string, context: string): Buffer;
  /** Throws when the key, the context or the bytes are not those it was sealed with. */
  open(sealed: Buffer, context: string): string;
}

/** `key` is 32 bytes. */
export function createSealer(key: Buffer): Sealer {
  if (key.length !== 32) throw new TypeError('The sealing key must have 32 bytes');
  return {
    seal(plain, context) {
      const nonce = randomBytes(NONCE_BYTES);
      const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(context));
      const body = Buffer.concat([cipher.update(plain, 'utf8'), cipher.final()]);
      return Buffer.concat([nonce, cipher.getAuthTag(), body]);
    },
    open(sealed, context) {
      const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(0, NONCE_BYTES))
        .setAAD(Buffer.from(context))
        .setAuthTag(sealed.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES));
      return Buffer.concat([decipher.update(sealed.subarray(NONCE_BYTES + TAG_BYTES)), decipher.final()]).toString(
        'utf8',
      );
    },
  };
}
