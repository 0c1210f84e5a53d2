import type { CarrierName } from './accounts.ts';
import type { Database } from './database.ts';

/** A webhook that is still to be made, or to be made again. Kept until the app has taken it or all tries are spent. */
export interface Delivery {
  id: number;
  accountSid: string;
  messageSid: string;
  kind: 'inbound' | 'status' | 'fallback' | 'redirect';
  /** The URL as configured; at Twilio with its fragment. */
  url: string;
  method: 'POST' | 'GET';
  /** Twilio's form; at Telnyx the event as JSON and the failover URL. */
  params: Record<string, string>;
  /** I-Twilio-Idempotency-Token, or the id of a Telnyx event: the same over all tries of one event. */
  token: string;
  /** Tries made so far. */
  tries: number;
  /** When the first try is due, on the emulator's clock. */
  firstAt: number;
  dueAt: number;
  /** What faults did to it, in words for the log. */
  note: string;
  /** Twilio: TwiML redirects followed to get here. Telnyx: 1 when it is at the failover URL. */
  hops: number;
  /** Signed wrongly on purpose. */
  forged: boolean;
}

export class Deliveries {
  readonly #db: Database;
  readonly #insert;
  readonly #again;
  readonly #done;

  constructor(db: Database) {
    this.#db = db;
    this.#insert = db.prepare('INSERT INTO deliveries VALUES (NULL, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)');
    this.#again = db.prepare('UPDATE deliveries SET tries = ?, due_at = ?, url = ?, hops = ? WHERE id = ?');
    this.#done = db.prepare('DELETE FROM deliveries WHERE id = ?');
  }

  add(delivery: Omit<Delivery, 'id'>): Delivery {
    const d = delivery;
    const id = this.#db.write(() =>
      Number(
        this.#insert.run(
          d.accountSid,
          d.messageSid,
          d.kind,
          d.url,
          d.method,
          JSON.stringify(d.params),
          d.token,
          d.tries,
          d.firstAt,
          d.dueAt,
          d.note,
          d.hops,
          d.forged ? 1 : 0,
        ).lastInsertRowid,
      ),
    );
    return { id, ...delivery };
  }

  saveTry(delivery: Delivery): void {
    this.#db.write(() => this.#again.run(delivery.tries, delivery.dueAt, delivery.url, delivery.hops, delivery.id));
  }

  done(delivery: Delivery): void {
    this.#db.write(() => this.#done.run(delivery.id));
  }

  /** All that a carrier still has to make, oldest first. */
  pending(carrier: CarrierName): Delivery[] {
    const rows = this.#db
      .prepare(`SELECT * FROM deliveries WHERE account_sid IN (SELECT sid FROM accounts WHERE carrier = ?) ORDER BY id`)
      .all(carrier);
    return rows.map((row) => ({
      id: Number(row.id),
      accountSid: String(row.account_sid),
      messageSid: String(row.message_sid),
      kind: row.kind as Delivery['kind'],
      url: String(row.url),
      method: row.method as Delivery['method'],
      params: JSON.parse(String(row.params)),
      token: String(row.token),
      tries: Number(row.tries),
      firstAt: Number(row.first_at),
      dueAt: Number(row.due_at),
      note: String(row.note),
      hops: Number(row.hops),
      forged: row.forged === 1,
    }));
  }

  forgetAll(): void {
    this.#db.write(() => this.#db.sql.exec('DELETE FROM deliveries'));
  }
}
