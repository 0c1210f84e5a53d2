import { newSid } from '../sids.ts';
import type { Database } from './database.ts';

export interface Account {
  sid: string;
  carrier: 'twilio';
  authToken: string;
  friendlyName: string;
  createdAt: number;
  updatedAt: number;
}

/** What the owner of a number can set; names are those of Twilio's IncomingPhoneNumber, in camel case. */
export interface NumberSettings {
  friendlyName: string;
  smsUrl: string;
  smsMethod: 'POST' | 'GET';
  smsFallbackUrl: string;
  smsFallbackMethod: 'POST' | 'GET';
  statusCallback: string;
  statusCallbackMethod: 'POST' | 'GET';
  voiceUrl: string;
  voiceMethod: 'POST' | 'GET';
  voiceFallbackUrl: string;
  voiceFallbackMethod: 'POST' | 'GET';
}

export interface OwnedNumber extends NumberSettings {
  sid: string;
  accountSid: string;
  e164: string;
  createdAt: number;
  updatedAt: number;
}

/** A Messaging Service: a pool of senders that share one opt-out list. */
export interface MessagingService {
  sid: string;
  accountSid: string;
  friendlyName: string;
  numbers: string[];
  inboundUrl: string;
  statusCallback: string;
  useInboundWebhookOnNumber: boolean;
}

const NUMBER_DEFAULTS: NumberSettings = {
  friendlyName: '',
  smsUrl: '',
  smsMethod: 'POST',
  smsFallbackUrl: '',
  smsFallbackMethod: 'POST',
  statusCallback: '',
  statusCallbackMethod: 'POST',
  voiceUrl: '',
  voiceMethod: 'POST',
  voiceFallbackUrl: '',
  voiceFallbackMethod: 'POST',
};

/** Accounts, their numbers and services. Few and read on every request, so they are kept in memory as well. */
export class Accounts {
  readonly #db: Database;
  readonly #accounts = new Map<string, Account>();
  readonly #numbers = new Map<string, OwnedNumber>();
  readonly #services = new Map<string, MessagingService>();
  readonly #put;
  readonly #putNumber;
  readonly #putService;
  readonly #dropNumber;
  readonly #dropService;

  constructor(db: Database) {
    this.#db = db;
    this.#put = db.prepare(
      `INSERT INTO accounts VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (sid) DO UPDATE SET
       auth_token = excluded.auth_token, friendly_name = excluded.friendly_name, updated_at = excluded.updated_at`,
    );
    this.#putNumber = db.prepare(
      `INSERT INTO numbers VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (sid) DO UPDATE SET
       settings = excluded.settings, updated_at = excluded.updated_at`,
    );
    this.#putService = db.prepare(
      'INSERT INTO services VALUES (?, ?, ?) ON CONFLICT (sid) DO UPDATE SET settings = excluded.settings',
    );
    this.#dropNumber = db.prepare('DELETE FROM numbers WHERE sid = ?');
    this.#dropService = db.prepare('DELETE FROM services WHERE sid = ?');
    this.#load();
  }

  account(sid: string): Account | undefined {
    return this.#accounts.get(sid);
  }

  all(): Account[] {
    return [...this.#accounts.values()];
  }

  saveAccount(account: Account): void {
    this.#db.write(() =>
      this.#put.run(
        account.sid,
        account.carrier,
        account.authToken,
        account.friendlyName,
        account.createdAt,
        account.updatedAt,
      ),
    );
    this.#accounts.set(account.sid, account);
  }

  number(e164: string): OwnedNumber | undefined {
    return this.#numbers.get(e164);
  }

  /** The account's numbers, oldest first. */
  numbersOf(accountSid: string): OwnedNumber[] {
    return [...this.#numbers.values()].filter((number) => number.accountSid === accountSid);
  }

  addNumber(accountSid: string, e164: string, settings: Partial<NumberSettings>, now: number): OwnedNumber {
    const given = Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== undefined));
    const number: OwnedNumber = {
      ...NUMBER_DEFAULTS,
      friendlyName: e164,
      ...given,
      sid: newSid('PN'),
      accountSid,
      e164,
      createdAt: now,
      updatedAt: now,
    };
    this.#saveNumber(number);
    return number;
  }

  updateNumber(number: OwnedNumber, settings: Partial<NumberSettings>, now: number): OwnedNumber {
    const given = Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== undefined));
    const updated = { ...number, ...given, updatedAt: now };
    this.#saveNumber(updated);
    return updated;
  }

  removeNumber(number: OwnedNumber): void {
    this.#db.write(() => this.#dropNumber.run(number.sid));
    this.#numbers.delete(number.e164);
  }

  service(sid: string): MessagingService | undefined {
    return this.#services.get(sid);
  }

  servicesOf(accountSid: string): MessagingService[] {
    return [...this.#services.values()].filter((service) => service.accountSid === accountSid);
  }

  /** The service a number belongs to: the one whose pool has it. */
  serviceOfNumber(e164: string): MessagingService | undefined {
    for (const service of this.#services.values()) if (service.numbers.includes(e164)) return service;
    return undefined;
  }

  saveService(service: MessagingService): void {
    this.#db.write(() => this.#putService.run(service.sid, service.accountSid, JSON.stringify(service)));
    this.#services.set(service.sid, service);
  }

  removeService(service: MessagingService): void {
    this.#db.write(() => this.#dropService.run(service.sid));
    this.#services.delete(service.sid);
  }

  #saveNumber(number: OwnedNumber): void {
    const { sid, accountSid, e164, createdAt, updatedAt, ...settings } = number;
    this.#db.write(() => this.#putNumber.run(sid, accountSid, e164, JSON.stringify(settings), createdAt, updatedAt));
    this.#numbers.set(e164, number);
  }

  #load(): void {
    const accounts = this.#db.prepare(
      `SELECT sid, carrier, auth_token AS authToken, friendly_name AS friendlyName, created_at AS createdAt,
       updated_at AS updatedAt FROM accounts ORDER BY rowid`,
    );
    for (const row of accounts.all() as unknown as Account[]) this.#accounts.set(row.sid, { ...row });
    const numbers = this.#db.prepare(
      `SELECT sid, account_sid AS accountSid, e164, settings, created_at AS createdAt, updated_at AS updatedAt
       FROM numbers ORDER BY rowid`,
    );
    for (const row of numbers.all() as unknown as (OwnedNumber & { settings: string })[]) {
      const { settings, ...rest } = row;
      this.#numbers.set(row.e164, { ...NUMBER_DEFAULTS, ...JSON.parse(settings), ...rest });
    }
    for (const row of this.#db.prepare('SELECT settings FROM services ORDER BY rowid').all()) {
      const service = JSON.parse(String(row.settings)) as MessagingService;
      this.#services.set(service.sid, service);
    }
  }
}
