import { createHash, randomUUID } from 'node:crypto';
import { createReadStream, type ReadStream } from 'node:fs';
import { access, mkdir, open, rename, rm } from 'node:fs/promises';
import path from 'node:path';

/** Keeps the bytes of pictures and files under their hash. The same bytes of one tenant are kept once. */
export interface MediaStore {
  /** Keeps bytes and returns their SHA-256. They are on the disk when it resolves, whole. */
  put(tenantId: string, bytes: Buffer): Promise<Buffer>;
  /** Reads what put() kept. The stream fails with ENOENT when it is not there. */
  read(tenantId: string, sha256: Buffer): ReadStream;
}

/** A store in a folder: TENANT/ab/abcd…, written beside and renamed, so that a name never stands for half a file. */
export function createMediaStore(folder: string): MediaStore {
  const fileOf = (tenantId: string, sha256: Buffer) => {
    const name = sha256.toString('hex');
    return path.join(folder, tenantId, name.slice(0, 2), name);
  };
  return {
    async put(tenantId, bytes) {
      const sha256 = createHash('sha256').update(bytes).digest();
      const file = fileOf(tenantId, sha256);
      if (await exists(file)) return sha256;
      await mkdir(path.dirname(file), { recursive: true, mode: 0o700 });
      const draft = `${file}.${randomUUID()}`;
      try {
        const handle = await open(draft, 'wx', 0o600);
        try {
          await handle.writeFile(bytes);
          await handle.sync();
        } finally {
          await handle.close();
        }
        await rename(draft, file);
      } catch (error) {
        await rm(draft, { force: true });
        throw error;
      }
      await syncFolder(path.dirname(file));
      return sha256;
    },
    read: (tenantId, sha256) => createReadStream(fileOf(tenantId, sha256)),
  };
}

async function exists(file: string): Promise<boolean> {
  try {
    await access(file);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw error;
  }
}

/** A renamed file's name is on the disk only when its folder is. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
