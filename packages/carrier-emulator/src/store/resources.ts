import type { Database } from './database.ts';

/** What every resource has. */
export interface Resource {
  sid: string;
  accountSid: string;
}

/**
 * Resources of one kind: few, small, read on many requests, hence kept in memory as well as stored. Oldest first.
 * @param kind names them in the store.
 */
export class Resources<T extends Resource> {
  readonly #db: Database;
  readonly #kind: string;
  readonly #values = new Map<string, T>();
  readonly #put;
  readonly #drop;

  constructor(db: Database, kind: string) {
    this.#db = db;
    this.#kind = kind;
    this.#put = db.prepare(
      'INSERT INTO resources VALUES (?, ?, ?, ?) ON CONFLICT (kind, sid) DO UPDATE SET value = excluded.value',
    );
    this.#drop = db.prepare('DELETE FROM resources WHERE kind = ? AND sid = ?');
    for (const row of db.prepare('SELECT value FROM resources WHERE kind = ? ORDER BY rowid').all(kind)) {
      const value = JSON.parse(String(row.value)) as T;
      this.#values.set(value.sid, value);
    }
  }

  get(sid: string): T | undefined {
    return this.#values.get(sid);
  }

  /** Only if it belongs to the account. */
  of(accountSid: string, sid: string): T | undefined {
    const value = this.#values.get(sid);
    return value?.accountSid === accountSid ? value : undefined;
  }

  all(): IterableIterator<T> {
    return this.#values.values();
  }

  allOf(accountSid: string): T[] {
    return [...this.#values.values()].filter((value) => value.accountSid === accountSid);
  }

  save(value: T): T {
    this.#db.write(() => this.#put.run(this.#kind, value.sid, value.accountSid, JSON.stringify(value)));
    this.#values.set(value.sid, value);
    return value;
  }

  remove(sid: string): void {
    this.#db.write(() => this.#drop.run(this.#kind, sid));
    this.#values.delete(sid);
  }
}
