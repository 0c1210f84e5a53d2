import { createHash, randomUUID } from 'node:crypto';
import type { Database } from './database.ts';

export interface Picture {
  id: string;
  contentType: string;
  bytes: Uint8Array;
}

/** Pictures and other attachments that handsets sent, kept with the texts. */
export class Pictures {
  readonly #db: Database;
  readonly #insert;
  readonly #get;

  constructor(db: Database) {
    this.#db = db;
    this.#insert = db.prepare('INSERT INTO pictures VALUES (?, ?, ?, ?)');
    this.#get = db.prepare('SELECT id, content_type AS contentType, bytes FROM pictures WHERE id = ?');
  }

  /** @returns its id (nobody guesses it: carriers' media addresses work without credentials), size and SHA-256. */
  add(contentType: string, bytes: Uint8Array, now: number): { id: string; size: number; sha256: string } {
    const id = randomUUID();
    this.#db.write(() => this.#insert.run(id, contentType, bytes, now));
    return { id, size: bytes.byteLength, sha256: createHash('sha256').update(bytes).digest('hex') };
  }

  get(id: string): Picture | undefined {
    return this.#get.get(id) as Picture | undefined;
  }

  forgetAll(): void {
    this.#db.write(() => this.#db.sql.exec('DELETE FROM pictures'));
  }
}
