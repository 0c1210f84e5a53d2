import { createPublicKey, type KeyObject, verify } from 'node:crypto';

/** How far the time of a signature may be from ours, either way, in seconds. Telnyx's own client allows the same. */
export const SIGNATURE_WINDOW_SECONDS = 300;

/** What stands before the 32 bytes of an Ed25519 public key in DER (RFC 8410). */
const DER_PREFIX = Buffer.from('302a300506032b6570032100', 'hex');

/** 64 bytes in base64, padded, and nothing else. */
const SIGNATURE = /^[A-Za-z0-9+/]{86}==$/;

export interface TelnyxSignature {
  signature: Buffer;
  /** As it came: what is signed begins with it. */
  timestamp: string;
}

/** The signature that a request carries, or null when it has none, is malformed, or was made at another time than now. */
export function readSignature(
  headers: Record<string, string | string[] | undefined>,
  now = Date.now(),
): TelnyxSignature | null {
  const signature = headers['telnyx-signature-ed25519'];
  const timestamp = headers['telnyx-timestamp'];
  if (typeof signature !== 'string' || !SIGNATURE.test(signature)) return null;
  if (typeof timestamp !== 'string' || !/^\d{1,15}$/.test(timestamp)) return null;
  if (Math.abs(Math.floor(now / 1000) - Number(timestamp)) > SIGNATURE_WINDOW_SECONDS) return null;
  return { signature: Buffer.from(signature, 'base64'), timestamp };
}

/** Whether one of `publicKeys` (base64) made this signature over the body's bytes: they are signed as they came. */
export function signedByTelnyx(publicKeys: readonly string[], found: TelnyxSignature, raw: Buffer): boolean {
  const signed = Buffer.concat([Buffer.from(`${found.timestamp}|`), raw]);
  return publicKeys.some((publicKey) => {
    const key = keyOf(publicKey);
    return key !== null && verify(null, signed, key, found.signature);
  });
}

const MOST_KEYS = 1000;
const keys = new Map<string, KeyObject | null>();

/** The key, read once; null for what is none. */
function keyOf(publicKey: string): KeyObject | null {
  const known = keys.get(publicKey);
  if (known !== undefined) return known;
  const bytes = Buffer.from(publicKey, 'base64');
  const key =
    bytes.length === 32
      ? createPublicKey({ key: Buffer.concat([DER_PREFIX, bytes]), format: 'der', type: 'spki' })
      : null;
  if (keys.size >= MOST_KEYS) keys.clear();
  keys.set(publicKey, key);
  return key;
}
