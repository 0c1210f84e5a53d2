import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject, sign as signBytes } from 'node:crypto';

/** DER around a raw Ed25519 private key (RFC 8410). */
const PKCS8_PREFIX = Buffer.from('302e020100300506032b657004220420', 'hex');
const RAW_LENGTH = 32;

const cache = new Map<string, KeyObject>();

/** Telnyx's signature of a webhook: Ed25519 over `${timestamp}|${rawBody}`, in base64. */
export function sign(privateKey: string, timestamp: string, rawBody: string): string {
  return signBytes(null, Buffer.from(`${timestamp}|${rawBody}`, 'utf8'), keyFrom(privateKey)).toString('base64');
}

/** A new key pair, raw and in base64, as Telnyx shows the public one. */
export function newKeys(): { webhookPrivateKey: string; webhookPublicKey: string } {
  const webhookPrivateKey = generateKeyPairSync('ed25519')
    .privateKey.export({ format: 'der', type: 'pkcs8' })
    .subarray(-RAW_LENGTH)
    .toString('base64');
  return { webhookPrivateKey, webhookPublicKey: publicKeyOf(webhookPrivateKey) };
}

/** The public key that belongs to a private one. @throws when it is no Ed25519 key. */
export function publicKeyOf(privateKey: string): string {
  return createPublicKey(keyFrom(privateKey))
    .export({ format: 'der', type: 'spki' })
    .subarray(-RAW_LENGTH)
    .toString('base64');
}

/** Is this the base64 of 32 bytes? */
export function isRawKey(text: string): boolean {
  return /^[A-Za-z0-9+/]{43}=$/.test(text);
}

function keyFrom(privateKey: string): KeyObject {
  let key = cache.get(privateKey);
  if (!key) {
    const der = Buffer.concat([PKCS8_PREFIX, Buffer.from(privateKey, 'base64')]);
    key = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
    cache.set(privateKey, key);
  }
  return key;
}
