import type { Storage, StorageFile } from '../src/log/storage.ts';

interface Content {
  bytes: Uint8Array;
  synced: Uint8Array;
}

/** Files in memory that forget, in a crash, what was not synced. */
export class MemoryStorage implements Storage {
  readonly files = new Map<string, Content>();

  list(): string[] {
    return [...this.files.keys()];
  }

  read(name: string): Uint8Array | null {
    return this.files.get(name)?.bytes.slice() ?? null;
  }

  open(name: string, truncateTo?: number): StorageFile {
    let content = this.files.get(name);
    if (!content) {
      content = { bytes: new Uint8Array(), synced: new Uint8Array() };
      this.files.set(name, content);
    }
    const file = content;
    if (truncateTo !== undefined) file.bytes = resized(file.bytes, truncateTo);
    return {
      write(bytes, position) {
        if (position + bytes.length > file.bytes.length) file.bytes = resized(file.bytes, position + bytes.length);
        file.bytes.set(bytes, position);
      },
      sync() {
        file.synced = file.bytes.slice();
      },
      close: () => undefined,
    };
  }

  rename(from: string, to: string): void {
    const content = this.files.get(from);
    if (!content) throw new Error(`${from} does not exist`);
    this.files.delete(from);
    this.files.set(to, content);
  }

  remove(name: string): void {
    this.files.delete(name);
  }

  syncNames(): void {
    // Names are kept in every crash: the harder case, files without their content, is covered.
  }

  /** What a power failure leaves: synced bytes, and of each file's later writes the first `survives` share. */
  crashed(survives: number): MemoryStorage {
    const after = new MemoryStorage();
    for (const [name, { bytes, synced }] of this.files) {
      const tail = Math.max(0, bytes.length - synced.length);
      const kept = resized(synced, Math.min(bytes.length, synced.length) + Math.floor(tail * survives));
      kept.set(bytes.subarray(synced.length, kept.length), Math.min(synced.length, kept.length));
      after.files.set(name, { bytes: kept, synced: kept.slice() });
    }
    return after;
  }

  /** A copy in which one file is different. */
  with(name: string, bytes: Uint8Array): MemoryStorage {
    const copy = new MemoryStorage();
    for (const [other, content] of this.files) {
      copy.files.set(other, { bytes: content.bytes.slice(), synced: content.synced.slice() });
    }
    copy.files.set(name, { bytes: bytes.slice(), synced: bytes.slice() });
    return copy;
  }
}

function resized(bytes: Uint8Array, length: number): Uint8Array {
  const out = new Uint8Array(length);
  out.set(bytes.subarray(0, length));
  return out;
}
