import type { SQLInputValue } from 'node:sqlite';
import type { OwnFaults } from '../faults.ts';
import type { Database } from './database.ts';

export type MessageStatus =
  | 'accepted'
  | 'scheduled'
  | 'queued'
  | 'sending'
  | 'sent'
  | 'delivered'
  | 'undelivered'
  | 'failed'
  | 'expired'
  | 'unconfirmed'
  | 'canceled'
  | 'received';

export type Direction = 'inbound' | 'outbound-api' | 'outbound-reply';

export interface Media {
  sid: string;
  url: string;
  contentType: string;
  /** In bytes, where it is known: pictures that a handset sent. */
  size?: number;
  sha256?: string;
}

/** What few messages have. */
export interface MessageExtra {
  /** Faults asked for by this one request or text. */
  faults?: OwnFaults;
  /** Telnyx: subject of an MMS, second webhook URL, and the encoding asked for. */
  subject?: string;
  failoverUrl?: string;
  /** Telnyx: use_profile_webhooks was false. */
  ownWebhooksOnly?: boolean;
  encoding?: 'GSM-7' | 'UCS-2';
  /** Telnyx: which keyword of the profile the text was. */
  autoresponse?: 'START' | 'STOP' | 'HELP';
}

/** How an outbound message will end. "sent" means that no delivery report ever comes. */
export type Outcome = 'delivered' | 'undelivered' | 'failed' | 'expired' | 'sent' | 'unconfirmed';

export interface Message {
  /** Order of acceptance in this emulator, from 1. */
  n: number;
  sid: string;
  accountSid: string;
  direction: Direction;
  sender: string;
  recipient: string;
  body: string;
  status: MessageStatus;
  numSegments: number;
  media: Media[];
  /** The Messaging Service (Twilio) or the messaging profile (Telnyx). */
  serviceSid: string | null;
  errorCode: number | null;
  errorMessage: string | null;
  statusCallback: string | null;
  createdAt: number;
  updatedAt: number;
  sentAt: number | null;
  /** When an outbound message appeared on the handset. */
  arrivedAt: number | null;
  outcome: Outcome | null;
  outcomeCode: number | null;
  /** When the next step of an outbound message is due; null at rest. */
  nextAt: number | null;
  /** End of the ValidityPeriod, or null. */
  validUntil: number | null;
  /** When its sender's queue has room for it; null without a queue. */
  slotAt: number | null;
  extra: MessageExtra | null;
  /** What became of an inbound message's webhook, or of the last report on an outbound one. */
  webhookState: 'pending' | 'taken' | 'failed' | 'none' | null;
  webhookStatus: number | null;
  webhookMs: number | null;
  webhookTries: number | null;
}

export type NewMessage = Omit<Message, 'n'>;

export interface MessageFilter {
  accountSid?: string;
  sender?: string;
  recipient?: string;
  /** Bounds on sentAt in milliseconds, both inclusive. */
  sentFrom?: number;
  sentTo?: number;
  /** Only messages accepted before this one. */
  beforeN?: number;
}

const COLUMNS: Record<keyof Message, string> = {
  n: 'n',
  sid: 'sid',
  accountSid: 'account_sid',
  direction: 'direction',
  sender: 'sender',
  recipient: 'recipient',
  body: 'body',
  status: 'status',
  numSegments: 'num_segments',
  media: 'media',
  serviceSid: 'service_sid',
  errorCode: 'error_code',
  errorMessage: 'error_message',
  statusCallback: 'status_callback',
  createdAt: 'created_at',
  updatedAt: 'updated_at',
  sentAt: 'sent_at',
  arrivedAt: 'arrived_at',
  outcome: 'outcome',
  outcomeCode: 'outcome_code',
  nextAt: 'next_at',
  validUntil: 'valid_until',
  slotAt: 'slot_at',
  extra: 'extra',
  webhookState: 'webhook_state',
  webhookStatus: 'webhook_status',
  webhookMs: 'webhook_ms',
  webhookTries: 'webhook_tries',
};

const SELECT = `SELECT ${Object.entries(COLUMNS)
  .map(([name, column]) => `${column} AS ${name}`)
  .join(', ')} FROM messages`;

const INSERTED = (Object.keys(COLUMNS) as (keyof Message)[]).filter((name) => name !== 'n') as (keyof NewMessage)[];

/** The message log of all accounts, inbound and outbound, in one order of acceptance. */
export class Messages {
  readonly #db: Database;
  readonly #insert;
  readonly #byN;
  readonly #bySid;
  readonly #step;
  readonly #webhook;
  readonly #redact;
  readonly #delete;
  readonly #handset;
  readonly #statements = new Map<string, ReturnType<Database['prepare']>>();

  constructor(db: Database) {
    this.#db = db;
    this.#insert = db.prepare(
      `INSERT INTO messages (${INSERTED.map((name) => COLUMNS[name]).join(', ')})
       VALUES (${INSERTED.map(() => '?').join(', ')})`,
    );
    this.#byN = db.prepare(`${SELECT} WHERE n = ? AND deleted = 0`);
    this.#bySid = db.prepare(`${SELECT} WHERE sid = ? AND deleted = 0`);
    this.#step = db.prepare(
      `UPDATE messages SET status = ?, error_code = ?, error_message = ?, updated_at = ?, sent_at = ?, arrived_at = ?,
       next_at = ?, slot_at = ?, sender = ? WHERE n = ?`,
    );
    this.#webhook = db.prepare(
      'UPDATE messages SET webhook_state = ?, webhook_status = ?, webhook_ms = ?, webhook_tries = ? WHERE sid = ?',
    );
    this.#redact = db.prepare("UPDATE messages SET body = '', updated_at = ? WHERE n = ?");
    this.#delete = db.prepare("UPDATE messages SET deleted = 1, body = '', media = NULL, next_at = NULL WHERE n = ?");
    this.#handset = db.prepare(
      `${SELECT} WHERE n > ?2 AND deleted = 0 AND
       ((sender = ?1 AND direction = 'inbound') OR (recipient = ?1 AND arrived_at IS NOT NULL))
       ORDER BY n DESC LIMIT ?3`,
    );
  }

  add(message: NewMessage): Message {
    const values = INSERTED.map((name) => toSql(name, message[name]));
    const n = this.#db.write(() => Number(this.#insert.run(...values).lastInsertRowid));
    return { n, ...message };
  }

  byN(n: number): Message | undefined {
    return fromRow(this.#byN.get(n));
  }

  bySid(sid: string): Message | undefined {
    return fromRow(this.#bySid.get(sid));
  }

  /** Place of a message in the order of acceptance, deleted ones included: page tokens outlive what they name. */
  position(sid: string): number | undefined {
    const row = this.#statement('SELECT n FROM messages WHERE sid = ?').get(sid);
    return row ? Number(row.n) : undefined;
  }

  /** Stores status, error, times and next step. */
  saveStep(m: Message): void {
    this.#db.write(() =>
      this.#step.run(
        m.status,
        m.errorCode,
        m.errorMessage,
        m.updatedAt,
        m.sentAt,
        m.arrivedAt,
        m.nextAt,
        m.slotAt,
        m.sender,
        m.n,
      ),
    );
  }

  saveWebhook(sid: string, state: string, status: number | null, ms: number | null, tries: number): void {
    this.#db.write(() => this.#webhook.run(state, status, ms, tries, sid));
  }

  saveMedia(m: Message): void {
    this.#db.write(() =>
      this.#statement('UPDATE messages SET media = ? WHERE n = ?').run(toSql('media', m.media), m.n),
    );
  }

  redact(n: number, now: number): void {
    this.#db.write(() => this.#redact.run(now, n));
  }

  remove(n: number): void {
    this.#db.write(() => this.#delete.run(n));
  }

  /** Newest first. */
  list(filter: MessageFilter, limit: number): Message[] {
    const where = ['deleted = 0'];
    const values: SQLInputValue[] = [];
    const add = (clause: string, value: SQLInputValue | undefined) => {
      if (value === undefined) return;
      where.push(clause);
      values.push(value);
    };
    add('account_sid = ?', filter.accountSid);
    add('sender = ?', filter.sender);
    add('recipient = ?', filter.recipient);
    add('sent_at >= ?', filter.sentFrom);
    add('sent_at <= ?', filter.sentTo);
    add('n < ?', filter.beforeN);
    // A list by number wants that number's index, not the account's.
    const clause = where
      .join(' AND ')
      .replace('account_sid', filter.sender || filter.recipient ? '+account_sid' : 'account_sid');
    const statement = this.#statement(`${SELECT} WHERE ${clause} ORDER BY n DESC LIMIT ?`);
    return statement.all(...values, limit).map((row) => fromRow(row) as Message);
  }

  /** What a handset's owner sees: what they sent and what arrived; oldest first, the newest `limit`. */
  onHandset(e164: string, afterN: number, limit: number): Message[] {
    return this.#handset
      .all(e164, afterN, limit)
      .map((row) => fromRow(row) as Message)
      .reverse();
  }

  /** Outbound messages whose next step is still to come: what a restart takes up again. */
  unfinished(): Message[] {
    const rows = this.#statement(`${SELECT} WHERE next_at IS NOT NULL AND deleted = 0 ORDER BY next_at, n`).all();
    return rows.map((row) => fromRow(row) as Message);
  }

  /** The sender last used towards this recipient from one of these numbers. */
  lastSender(senders: string[], recipient: string): string | undefined {
    const row = this.#statement(
      `SELECT sender FROM messages WHERE recipient = ? AND sender IN (SELECT value FROM json_each(?))
       ORDER BY n DESC LIMIT 1`,
    ).get(recipient, JSON.stringify(senders));
    return row ? String(row.sender) : undefined;
  }

  /** People's numbers in recent messages, newest first: to offer them as handsets. */
  recentPeople(limit: number): string[] {
    const rows = this.#statement(
      `SELECT CASE direction WHEN 'inbound' THEN sender ELSE recipient END AS person, max(n) AS last
       FROM (SELECT n, direction, sender, recipient FROM messages ORDER BY n DESC LIMIT 2000)
       GROUP BY person ORDER BY last DESC LIMIT ?`,
    ).all(limit);
    return rows.map((row) => String(row.person));
  }

  count(): number {
    return Number(this.#statement('SELECT count(*) AS count FROM messages').get()?.count);
  }

  forgetAll(): void {
    this.#db.write(() => this.#db.sql.exec('DELETE FROM messages'));
  }

  #statement(sql: string) {
    let statement = this.#statements.get(sql);
    if (!statement) {
      statement = this.#db.prepare(sql);
      this.#statements.set(sql, statement);
    }
    return statement;
  }
}

function toSql(name: keyof NewMessage, value: NewMessage[keyof NewMessage]): SQLInputValue {
  if (name === 'media') return (value as Media[]).length > 0 ? JSON.stringify(value) : null;
  if (name === 'extra') return value === null ? null : JSON.stringify(value);
  return value as SQLInputValue;
}

function fromRow(row: Record<string, unknown> | undefined): Message | undefined {
  if (!row) return undefined;
  row.media = row.media ? JSON.parse(String(row.media)) : [];
  if (row.extra) row.extra = JSON.parse(String(row.extra));
  return row as unknown as Message;
}
