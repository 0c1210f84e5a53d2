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
  /** Whether the current key opens it. False for what the key before it sealed, and for what nobody can open. */
  isCurrent(sealed: Buffer, context: string): boolean;
}

/** `key` is 32 bytes and seals; while keys are being rotated `previous` still opens what it sealed. */
export function createSealer(key: Buffer, previous: Buffer | null = null): Sealer {
  if (key.length !== 32 || (previous !== null && previous.length !== 32)) {
    throw new TypeError('The sealing key must have 32 bytes');
  }
  const isCurrent = (sealed: Buffer, context: string) => {
    try {
      openWith(key, sealed, context);
      return true;
    } catch {
      // GCM says no more than that it is not ours: another key, another context, changed bytes.
      return false;
    }
  };
  return {
    seal(plain, context) {
      const nonce = randomBytes(NONCE_BYTES);
      const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(context));
      const body = Buffer.concat([cipher.update(plain, 'utf8'), cipher.final()]);
      return Buffer.concat([nonce, cipher.getAuthTag(), body]);
    },
    open(sealed, context) {
      if (previous === null || isCurrent(sealed, context)) return openWith(key, sealed, context);
      return openWith(previous, sealed, context);
    },
    isCurrent,
  };
}

function openWith(key: Buffer, sealed: Buffer, context: string): string {
  const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(0, NONCE_BYTES))
    .setAAD(Buffer.from(context))
    .setAuthTag(sealed.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES));
  return Buffer.concat([decipher.update(sealed.subarray(NONCE_BYTES + TAG_BYTES)), decipher.final()]).toString('utf8');
}
