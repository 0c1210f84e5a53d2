import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync, type StatementSync } from 'node:sqlite';

/** The name carries the schema's version: a newer emulator starts afresh beside an older one's file. */
const FILE = 'emulator-v2.sqlite';

const SCHEMA = `
CREATE TABLE IF NOT EXISTS accounts (
  sid TEXT PRIMARY KEY, carrier TEXT NOT NULL, auth_token TEXT NOT NULL, friendly_name TEXT NOT NULL,
  settings TEXT NOT NULL, created_at INTEGER NOT NULL, updated_at INTEGER NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS numbers (
  sid TEXT PRIMARY KEY, account_sid TEXT NOT NULL, e164 TEXT NOT NULL UNIQUE, settings TEXT NOT NULL,
  created_at INTEGER NOT NULL, updated_at INTEGER NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS resources (
  kind TEXT NOT NULL, sid TEXT NOT NULL, account_sid TEXT NOT NULL, value TEXT NOT NULL,
  PRIMARY KEY (kind, sid)
) STRICT;
CREATE TABLE IF NOT EXISTS pictures (
  id TEXT PRIMARY KEY, content_type TEXT NOT NULL, bytes BLOB NOT NULL, created_at INTEGER NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS handsets (
  e164 TEXT PRIMARY KEY, name TEXT NOT NULL, reachable INTEGER NOT NULL, created_at INTEGER NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS messages (
  n INTEGER PRIMARY KEY AUTOINCREMENT, sid TEXT NOT NULL UNIQUE, account_sid TEXT NOT NULL,
  direction TEXT NOT NULL, sender TEXT NOT NULL, recipient TEXT NOT NULL, body TEXT NOT NULL, status TEXT NOT NULL,
  num_segments INTEGER NOT NULL, media TEXT, service_sid TEXT, error_code INTEGER, error_message TEXT,
  status_callback TEXT, created_at INTEGER NOT NULL, updated_at INTEGER NOT NULL, sent_at INTEGER,
  arrived_at INTEGER, outcome TEXT, outcome_code INTEGER, next_at INTEGER, valid_until INTEGER,
  slot_at INTEGER, extra TEXT, webhook_state TEXT, webhook_status INTEGER, webhook_ms INTEGER, webhook_tries INTEGER,
  deleted INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX IF NOT EXISTS messages_account ON messages (account_sid, n);
CREATE INDEX IF NOT EXISTS messages_recipient ON messages (recipient, n);
CREATE INDEX IF NOT EXISTS messages_sender ON messages (sender, n);
CREATE TABLE IF NOT EXISTS deliveries (
  id INTEGER PRIMARY KEY AUTOINCREMENT, account_sid TEXT NOT NULL, message_sid TEXT NOT NULL, kind TEXT NOT NULL,
  url TEXT NOT NULL, method TEXT NOT NULL, params TEXT NOT NULL, token TEXT NOT NULL, tries INTEGER NOT NULL,
  first_at INTEGER NOT NULL, due_at INTEGER NOT NULL, note TEXT NOT NULL, hops INTEGER NOT NULL, forged INTEGER NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS opt_outs (
  account_sid TEXT NOT NULL, scope TEXT NOT NULL, address TEXT NOT NULL, at INTEGER NOT NULL,
  number TEXT NOT NULL, keyword TEXT NOT NULL,
  PRIMARY KEY (account_sid, scope, address)
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS settings (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
`;

interface Waiter {
  resolve: () => void;
  reject: (error: unknown) => void;
}

/**
 * SQLite with group commit. Writes made during one turn of the event loop share a transaction that commits at the end
 * of the turn; an answer that promises something waits for `committed()` first. WAL with synchronous=NORMAL: what was
 * committed survives the death of the process (kill -9), not of the machine, which is enough for an emulator.
 */
export class Database {
  readonly sql: DatabaseSync;
  #inTransaction = false;
  #waiters: Waiter[] = [];

  /**
   * @param dataDir folder for the store, made when missing; without one the store is in memory.
   * @throws when another emulator has the folder open, or it cannot be written.
   */
  constructor(dataDir?: string) {
    if (dataDir) mkdirSync(dataDir, { recursive: true });
    this.sql = new DatabaseSync(dataDir ? join(dataDir, FILE) : ':memory:');
    try {
      // EXCLUSIVE: two emulators on one folder would both send the same webhooks.
      this.sql.exec('PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL');
      this.sql.exec('PRAGMA temp_store = MEMORY; PRAGMA cache_size = -65536; PRAGMA wal_autocheckpoint = 4000');
      this.sql.exec(SCHEMA);
      this.sql.exec('BEGIN IMMEDIATE; COMMIT');
    } catch (error) {
      this.sql.close();
      if (error instanceof Error && /locked|busy/i.test(error.message)) {
        throw new Error(`another emulator is running on ${dataDir}: stop it or choose another folder`, {
          cause: error,
        });
      }
      throw error;
    }
  }

  prepare(sql: string): StatementSync {
    return this.sql.prepare(sql);
  }

  /** Runs `work` in the transaction of this turn of the event loop. */
  write<T>(work: () => T): T {
    if (!this.#inTransaction) {
      this.sql.exec('BEGIN');
      this.#inTransaction = true;
      setImmediate(() => this.flush());
    }
    return work();
  }

  /** Resolves when everything written so far is committed. */
  committed(): Promise<void> {
    if (!this.#inTransaction) return Promise.resolve();
    return new Promise((resolve, reject) => this.#waiters.push({ resolve, reject }));
  }

  /** Commits now. */
  flush(): void {
    if (!this.#inTransaction) return;
    this.#inTransaction = false;
    const waiters = this.#waiters;
    this.#waiters = [];
    try {
      this.sql.exec('COMMIT');
    } catch (error) {
      this.sql.exec('ROLLBACK');
      for (const waiter of waiters) waiter.reject(error);
      if (waiters.length === 0) throw error;
      return;
    }
    for (const waiter of waiters) waiter.resolve();
  }

  close(): void {
    this.flush();
    this.sql.close();
  }
}
