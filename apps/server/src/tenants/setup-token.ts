import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';

/** The token that guards the set-up page of a new installation: printed at start, kept as hash, gone once used. */
export interface SetupToken {
  /** Makes a new token; the one before it is void. */
  renew(): Promise<string>;
  matches(token: string): Promise<boolean>;
  discard(): Promise<void>;
}

export function createSetupToken(dataDir: string): SetupToken {
  const file = path.join(dataDir, 'secrets', 'setup-token');
  return {
    async renew() {
      const token = randomBytes(18).toString('base64url');
      await mkdir(path.dirname(file), { recursive: true, mode: 0o700 });
      const draft = `${file}.${process.pid}`;
      await writeFile(draft, `${hashOf(token).toString('hex')}\n`, { mode: 0o600 });
      await rename(draft, file);
      return token;
    },
    async matches(token) {
      const stored = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
        if (error.code === 'ENOENT') return null;
        throw error;
      });
      if (stored === null) return false;
      const expected = Buffer.from(stored.trim(), 'hex');
      return expected.length === 32 && timingSafeEqual(expected, hashOf(token));
    },
    discard: () => rm(file, { force: true }),
  };
}

function hashOf(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}
