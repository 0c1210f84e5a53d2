import {
  closeSync,
  fdatasyncSync,
  fsyncSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';

/**
 * The file operations of the log. Everything is synchronous: it runs in a worker thread, or at
 * start-up. Tests put a storage in its place that loses what was not synced.
 */
export interface Storage {
  list(): string[];
  /** The content of a file, null if there is none. */
  read(name: string): Uint8Array | null;
  /** Opens a file for writing, made if missing; `truncateTo` cuts it first. */
  open(name: string, truncateTo?: number): StorageFile;
  rename(from: string, to: string): void;
  remove(name: string): void;
  /** Makes created, renamed and removed names durable. */
  syncNames(): void;
}

/** An open file. */
export interface StorageFile {
  write(bytes: Uint8Array, position: number): void;
  sync(): void;
  close(): void;
}

/** Files in a directory. */
export class FileStorage implements Storage {
  private readonly dir: string;

  constructor(dir: string) {
    mkdirSync(dir, { recursive: true });
    this.dir = dir;
  }

  list(): string[] {
    return readdirSync(this.dir);
  }

  read(name: string): Uint8Array | null {
    try {
      return readFileSync(join(this.dir, name));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
      throw error;
    }
  }

  open(name: string, truncateTo?: number): StorageFile {
    const path = join(this.dir, name);
    let fd: number;
    try {
      fd = openSync(path, 'r+');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
      fd = openSync(path, 'w+', 0o600);
    }
    if (truncateTo !== undefined) ftruncateSync(fd, truncateTo);
    return {
      write(bytes, position) {
        for (let done = 0; done < bytes.length; ) {
          done += writeSync(fd, bytes, done, bytes.length - done, position + done);
        }
      },
      sync: () => fdatasyncSync(fd),
      close: () => closeSync(fd),
    };
  }

  rename(from: string, to: string): void {
    renameSync(join(this.dir, from), join(this.dir, to));
  }

  remove(name: string): void {
    rmSync(join(this.dir, name), { force: true });
  }

  syncNames(): void {
    const fd = openSync(this.dir, 'r');
    try {
      fsyncSync(fd);
    } finally {
      closeSync(fd);
    }
  }
}
