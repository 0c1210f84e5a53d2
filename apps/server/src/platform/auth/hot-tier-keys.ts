import { randomUUID } from 'node:crypto';
import { link, mkdir, readFile, rename, unlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { exportJWK, generateKeyPair, type JWK } from 'jose';

/** One ES256 key pair that signs tokens for the hot tier. */
export interface HotTierKey {
  kid: string;
  privateJwk: JWK;
  publicJwk: JWK;
  /** ISO time. */
  createdAt: string;
}

export interface HotTierKeys {
  /** Newest first: the first signs, the first two are accepted, so that a rotation invalidates no token in use. */
  keys: HotTierKey[];
}

/** How many keys are accepted at a time. */
const VALID_KEYS = 2;

const FILE = 'hot-tier-keys.json';

/**
 * Reads the keys from `secretsDir`, making the first one when there is none. Safe when two processes start at once: the
 * file appears whole or not at all, and the later one reads the earlier one's.
 */
export async function ensureHotTierKeys(secretsDir: string): Promise<HotTierKeys> {
  const file = path.join(secretsDir, FILE);
  const existing = await readIfThere(file);
  if (existing !== null) return parseKeys(existing, file);

  await mkdir(secretsDir, { recursive: true, mode: 0o700 });
  const draft = `${file}.${randomUUID()}`;
  await writeFile(draft, `${JSON.stringify({ keys: [await generateKey()] }, null, 2)}\n`, { mode: 0o600, flag: 'wx' });
  try {
    await link(draft, file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    await unlink(draft);
  }
  return parseKeys(await readFile(file, 'utf8'), file);
}

/**
 * Adds a new key that signs from the next start on; the one before it stays valid, older ones are dropped. The file is
 * replaced whole, so that a reader finds either the old keys or the new ones.
 */
export async function rotateHotTierKeys(secretsDir: string): Promise<HotTierKeys> {
  const { keys } = await ensureHotTierKeys(secretsDir);
  const rotated = { keys: [await generateKey(), ...keys].slice(0, VALID_KEYS) };
  const file = path.join(secretsDir, FILE);
  const draft = `${file}.${randomUUID()}`;
  await writeFile(draft, `${JSON.stringify(rotated, null, 2)}\n`, { mode: 0o600, flag: 'wx', flush: true });
  await rename(draft, file);
  return rotated;
}

/** The accepted public keys as a `data:` URL: what `convex/auth.config.ts` reads from PATCHLINE_JWKS. */
export function jwksDataUrl({ keys }: HotTierKeys): string {
  const jwks = {
    keys: keys.slice(0, VALID_KEYS).map(({ kid, publicJwk }) => ({ ...publicJwk, kid, alg: 'ES256', use: 'sig' })),
  };
  return `data:application/json;base64,${Buffer.from(JSON.stringify(jwks)).toString('base64')}`;
}

async function generateKey(): Promise<HotTierKey> {
  const { privateKey, publicKey } = await generateKeyPair('ES256', { extractable: true });
  return {
    kid: randomUUID(),
    privateJwk: await exportJWK(privateKey),
    publicJwk: await exportJWK(publicKey),
    createdAt: new Date().toISOString(),
  };
}

async function readIfThere(file: string): Promise<string | null> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

function parseKeys(text: string, file: string): HotTierKeys {
  const parsed = JSON.parse(text) as Partial<HotTierKeys>;
  if (!Array.isArray(parsed.keys) || parsed.keys.length === 0) throw new Error(`${file} holds no keys`);
  const newestFirst = parsed.keys.toSorted((a, b) => b.createdAt.localeCompare(a.createdAt));
  return { keys: newestFirst };
}
