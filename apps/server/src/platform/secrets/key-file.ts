import { randomBytes } from 'node:crypto';
import { link, readFile, rename, unlink, writeFile } from 'node:fs/promises';
import path from 'node:path';

/** The installation's key in DATA_DIR/secrets: 32 bytes, base64. */
export const KEY_FILE = 'secrets-key';
/** The key before it, there only while a rotation runs. */
const PREVIOUS_FILE = 'secrets-key-previous';
const NEXT_FILE = 'secrets-key-next';

/** The key before the current one, or null when no rotation runs. */
export async function readPreviousKey(dir: string): Promise<Buffer | null> {
  const text = await readIfThere(path.join(dir, PREVIOUS_FILE));
  return text === null ? null : Buffer.from(text.trim(), 'base64');
}

/**
 * Puts a new key in place and keeps the one before it beside it. Whatever moment the process dies at, both keys are on the
 * disk, and calling it again goes on: a next key is written, the current one is linked as previous, the next one takes
 * its place.
 */
export async function beginKeyRotation(dir: string): Promise<void> {
  const at = (name: string) => path.join(dir, name);
  const next = await readIfThere(at(NEXT_FILE));
  const previous = await readIfThere(at(PREVIOUS_FILE));
  if (next === null) {
    // In place already: what is left is to re-seal.
    if (previous !== null) return;
    const draft = `${at(NEXT_FILE)}.draft`;
    await writeFile(draft, `${randomBytes(32).toString('base64')}\n`, { mode: 0o600, flush: true });
    await rename(draft, at(NEXT_FILE));
  }
  if (previous === null) await link(at(KEY_FILE), at(PREVIOUS_FILE));
  await rename(at(NEXT_FILE), at(KEY_FILE));
}

/** Forgets the key before the current one. To be called when nothing is sealed with it any more. */
export function endKeyRotation(dir: string): Promise<void> {
  return unlink(path.join(dir, PREVIOUS_FILE));
}

async function readIfThere(file: string): Promise<string | null> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}
