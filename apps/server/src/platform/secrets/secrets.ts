import { hkdfSync, randomBytes, randomUUID } from 'node:crypto';
import { link, mkdir, readFile, unlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { DatabaseRole } from '../database/pools.ts';
import { KEY_FILE, readPreviousKey } from './key-file.ts';
import { createSealer, type Sealer } from './seal.ts';

/** What one process needs to keep secrets. Everything is derived from one key, so that many processes share by sharing it. */
export interface Secrets {
  /** Encrypts carrier credentials at rest. */
  sealer: Sealer;
  /** Signs session cookies. */
  cookieSecret: string;
  /** The one before it, while keys are being rotated. */
  previousCookieSecret: string | null;
  /** Signs the addresses under which carriers fetch pictures. */
  mediaSecret: string;
  /** What each role signs in to PostgreSQL with. */
  databasePassword(role: DatabaseRole): string;
}

/**
 * Uses SECRETS_KEY, or the key in DATA_DIR/secrets, which is made (mode 0600) when there is none. While keys are being
 * rotated, SECRETS_KEY_PREVIOUS or the key file's predecessor still opens what it sealed.
 */
export async function loadSecrets(settings: {
  secretsKey: Buffer | null;
  secretsKeyPrevious?: Buffer | null;
  dataDir: string;
}): Promise<Secrets> {
  const dir = path.join(settings.dataDir, 'secrets');
  const root = settings.secretsKey ?? (await readOrMakeKey(dir));
  const before = settings.secretsKey === null ? await readPreviousKey(dir) : (settings.secretsKeyPrevious ?? null);
  const deriveFrom = (key: Buffer, purpose: string) =>
    Buffer.from(hkdfSync('sha256', key, '', `patchline:${purpose}`, 32));
  const derive = (purpose: string) => deriveFrom(root, purpose);
  return {
    sealer: createSealer(derive('seal'), before && deriveFrom(before, 'seal')),
    cookieSecret: derive('cookies').toString('base64'),
    previousCookieSecret: before && deriveFrom(before, 'cookies').toString('base64'),
    mediaSecret: derive('media').toString('base64'),
    databasePassword: (role) => derive(`database:${role}`).toString('base64url'),
  };
}

async function readOrMakeKey(dir: string): Promise<Buffer> {
  const file = path.join(dir, KEY_FILE);
  await mkdir(dir, { recursive: true, mode: 0o700 });
  const draft = `${file}.${randomUUID()}`;
  await writeFile(draft, `${randomBytes(32).toString('base64')}\n`, { mode: 0o600, flag: 'wx' });
  try {
    // Another process may be starting: whoever links first made the key, and both read the same one.
    await link(draft, file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    await unlink(draft);
  }
  const key = Buffer.from((await readFile(file, 'utf8')).trim(), 'base64');
  if (key.length !== 32) {
    throw new Error(
      `${file} does not hold 32 bytes in base64. Restore it: without it carrier credentials cannot be read.`,
    );
  }
  return key;
}
