import { createHash, randomBytes } from 'node:crypto';
import { z } from 'zod';

/** What a link in a letter carries: 256 random bits, of which only the hash is kept. */
export function newLinkToken(): { token: string; hash: Buffer } {
  const token = randomBytes(32).toString('base64url');
  return { token, hash: hashLinkToken(token) };
}

/** Plain SHA-256: there is nothing to guess in 256 random bits, so nothing to slow down. */
export function hashLinkToken(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}

export const linkToken = z.string().min(1).max(200);
