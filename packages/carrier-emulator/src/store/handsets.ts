import type { Database } from './database.ts';

export interface Handset {
  e164: string;
  name: string;
  /** False while the phone is switched off: texts to it end undelivered (30003). */
  reachable: boolean;
  createdAt: number;
}

/** A person who asked for no more texts. */
export interface OptOut {
  accountSid: string;
  /** The carrier's number, or the Messaging Service or messaging profile it belongs to. */
  scope: string;
  address: string;
  at: number;
  /** The number that was texted, and with which word. */
  number: string;
  keyword: string;
}

/** The pretend phones people made on the handset page, and who opted out of what. */
export class Handsets {
  readonly #db: Database;
  readonly #handsets = new Map<string, Handset>();
  readonly #optOuts = new Map<string, OptOut>();
  readonly #put;
  readonly #drop;
  readonly #block;
  readonly #unblock;

  constructor(db: Database) {
    this.#db = db;
    this.#put = db.prepare(
      `INSERT INTO handsets VALUES (?, ?, ?, ?)
       ON CONFLICT (e164) DO UPDATE SET name = excluded.name, reachable = excluded.reachable`,
    );
    this.#drop = db.prepare('DELETE FROM handsets WHERE e164 = ?');
    this.#block = db.prepare('INSERT OR REPLACE INTO opt_outs VALUES (?, ?, ?, ?, ?, ?)');
    this.#unblock = db.prepare('DELETE FROM opt_outs WHERE account_sid = ? AND scope = ? AND address = ?');
    for (const row of db.prepare('SELECT * FROM handsets ORDER BY created_at, rowid').all()) {
      const e164 = String(row.e164);
      this.#handsets.set(e164, {
        e164,
        name: String(row.name),
        reachable: row.reachable === 1,
        createdAt: Number(row.created_at),
      });
    }
    const optOuts = db.prepare(
      'SELECT account_sid AS accountSid, scope, address, at, number, keyword FROM opt_outs ORDER BY at',
    );
    for (const row of optOuts.all() as unknown as OptOut[]) {
      this.#optOuts.set(pair(row.accountSid, row.scope, row.address), { ...row });
    }
  }

  all(): Handset[] {
    return [...this.#handsets.values()];
  }

  get(e164: string): Handset | undefined {
    return this.#handsets.get(e164);
  }

  save(handset: Handset): void {
    this.#db.write(() => this.#put.run(handset.e164, handset.name, handset.reachable ? 1 : 0, handset.createdAt));
    this.#handsets.set(handset.e164, handset);
  }

  remove(e164: string): boolean {
    this.#db.write(() => this.#drop.run(e164));
    return this.#handsets.delete(e164);
  }

  /** @param scope the carrier's number, or the Messaging Service it belongs to. */
  optedOut(accountSid: string, scope: string, address: string): boolean {
    return this.#optOuts.has(pair(accountSid, scope, address));
  }

  optOut(one: OptOut): void {
    const { accountSid, scope, address, at, number, keyword } = one;
    this.#db.write(() => this.#block.run(accountSid, scope, address, at, number, keyword));
    this.#optOuts.set(pair(accountSid, scope, address), one);
  }

  /** Who is blocked in an account, oldest first. */
  optOutsOf(accountSid: string): OptOut[] {
    return [...this.#optOuts.values()].filter((one) => one.accountSid === accountSid);
  }

  optIn(accountSid: string, scope: string, address: string): void {
    this.#db.write(() => this.#unblock.run(accountSid, scope, address));
    this.#optOuts.delete(pair(accountSid, scope, address));
  }

  forgetAll(): void {
    this.#db.write(() => this.#db.sql.exec('DELETE FROM handsets; DELETE FROM opt_outs'));
    this.#handsets.clear();
    this.#optOuts.clear();
  }
}

function pair(accountSid: string, scope: string, address: string): string {
  return `${accountSid} ${scope} ${address}`;
}
