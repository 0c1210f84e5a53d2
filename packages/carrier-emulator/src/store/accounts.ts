import { newNumberId, newSid } from '../sids.ts';
import type { Database } from './database.ts';
import { Resources } from './resources.ts';

export type CarrierName = 'twilio' | 'telnyx';

/** What an account may do at once; null is no limit. */
export interface Limits {
  /** API requests accepted a second. */
  requestsPerSecond: number | null;
  /** API requests answered at the same time. */
  concurrency: number | null;
  /** Segments a second that each number sends, unless the number has a pace of its own. */
  segmentsPerSecond: number | null;
  /** How long a number's queue may get, in seconds. */
  queueSeconds: number;
}

export interface Account {
  /** Twilio's AC SID; at Telnyx, where accounts have no name in the API, any name. */
  sid: string;
  carrier: CarrierName;
  /** Twilio's auth token, Telnyx's API key. */
  authToken: string;
  friendlyName: string;
  limits: Limits;
  /** Ed25519 keys of Telnyx webhooks: 32 bytes each in base64; empty at Twilio, which signs with the auth token. */
  webhookPrivateKey: string;
  webhookPublicKey: string;
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
  smsApplicationSid: string;
  statusCallback: string;
  statusCallbackMethod: 'POST' | 'GET';
  voiceUrl: string;
  voiceMethod: 'POST' | 'GET';
  voiceFallbackUrl: string;
  voiceFallbackMethod: 'POST' | 'GET';
  /** Telnyx: the profile that its texts go by. */
  messagingProfileId: string | null;
  tags: string[];
  customerReference: string | null;
  /** Segments a second; null takes the account's pace. */
  segmentsPerSecond: number | null;
}

export interface OwnedNumber extends NumberSettings {
  sid: string;
  accountSid: string;
  e164: string;
  createdAt: number;
  updatedAt: number;
}

const NUMBER_DEFAULTS: NumberSettings = {
  friendlyName: '',
  smsUrl: '',
  smsMethod: 'POST',
  smsFallbackUrl: '',
  smsFallbackMethod: 'POST',
  smsApplicationSid: '',
  statusCallback: '',
  statusCallbackMethod: 'POST',
  voiceUrl: '',
  voiceMethod: 'POST',
  voiceFallbackUrl: '',
  voiceFallbackMethod: 'POST',
  messagingProfileId: null,
  tags: [],
  customerReference: null,
  segmentsPerSecond: null,
};

/** One word's group in Advanced Opt-Out. */
export interface KeywordSet {
  keywords: string[];
  /** Empty: no answer. */
  reply: string;
}

/** Twilio's Messaging Service: a pool of senders that share one opt-out list. */
export interface MessagingService {
  sid: string;
  accountSid: string;
  friendlyName: string;
  numbers: string[];
  inboundUrl: string;
  inboundMethod: 'POST' | 'GET';
  fallbackUrl: string;
  fallbackMethod: 'POST' | 'GET';
  statusCallback: string;
  useInboundWebhookOnNumber: boolean;
  stickySender: boolean;
  areaCodeGeomatch: boolean;
  /** Longest time in a queue, in seconds. */
  validityPeriod: number;
  usecase: string;
  /** Words and answers of Advanced Opt-Out; null when it is off. */
  advancedOptOut: Partial<Record<'stop' | 'start' | 'help', KeywordSet>> | null;
  createdAt: number;
  updatedAt: number;
}

export const SERVICE_DEFAULTS: Omit<MessagingService, 'sid' | 'accountSid' | 'createdAt' | 'updatedAt'> = {
  friendlyName: '',
  numbers: [],
  inboundUrl: '',
  inboundMethod: 'POST',
  fallbackUrl: '',
  fallbackMethod: 'POST',
  statusCallback: '',
  useInboundWebhookOnNumber: false,
  stickySender: true,
  areaCodeGeomatch: true,
  validityPeriod: 36_000,
  usecase: 'undeclared',
  advancedOptOut: null,
};

/** Accounts and their numbers. Few and read on every request, so they are kept in memory as well. */
export class Accounts {
  readonly services: Resources<MessagingService>;
  readonly #db: Database;
  readonly #accounts = new Map<string, Account>();
  readonly #byKey = new Map<string, Account>();
  readonly #numbers = new Map<string, OwnedNumber>();
  readonly #put;
  readonly #putNumber;
  readonly #dropNumber;

  constructor(db: Database) {
    this.#db = db;
    this.services = new Resources(db, 'service');
    this.#put = db.prepare(
      `INSERT INTO accounts VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (sid) DO UPDATE SET carrier = excluded.carrier,
       auth_token = excluded.auth_token, friendly_name = excluded.friendly_name, settings = excluded.settings,
       updated_at = excluded.updated_at`,
    );
    this.#putNumber = db.prepare(
      `INSERT INTO numbers VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (sid) DO UPDATE SET
       settings = excluded.settings, updated_at = excluded.updated_at`,
    );
    this.#dropNumber = db.prepare('DELETE FROM numbers WHERE sid = ?');
    this.#load();
  }

  account(sid: string): Account | undefined {
    return this.#accounts.get(sid);
  }

  /** The Telnyx account with this API key. */
  byApiKey(key: string): Account | undefined {
    return this.#byKey.get(key);
  }

  all(): Account[] {
    return [...this.#accounts.values()];
  }

  saveAccount(account: Account): void {
    const { sid, carrier, authToken, friendlyName, createdAt, updatedAt, ...settings } = account;
    this.#db.write(() =>
      this.#put.run(sid, carrier, authToken, friendlyName, JSON.stringify(settings), createdAt, updatedAt),
    );
    this.#keep(account);
  }

  number(e164: string): OwnedNumber | undefined {
    return this.#numbers.get(e164);
  }

  /** The account's numbers, oldest first. */
  numbersOf(accountSid: string): OwnedNumber[] {
    return [...this.#numbers.values()].filter((number) => number.accountSid === accountSid);
  }

  addNumber(accountSid: string, e164: string, settings: Partial<NumberSettings>, now: number): OwnedNumber {
    const telnyx = this.#accounts.get(accountSid)?.carrier === 'telnyx';
    const number: OwnedNumber = {
      ...NUMBER_DEFAULTS,
      friendlyName: e164,
      ...given(settings),
      sid: telnyx ? newNumberId() : newSid('PN'),
      accountSid,
      e164,
      createdAt: now,
      updatedAt: now,
    };
    this.#saveNumber(number);
    return number;
  }

  updateNumber(number: OwnedNumber, settings: Partial<NumberSettings>, now: number): OwnedNumber {
    const updated = { ...number, ...given(settings), updatedAt: now };
    this.#saveNumber(updated);
    return updated;
  }

  removeNumber(number: OwnedNumber): void {
    this.#db.write(() => this.#dropNumber.run(number.sid));
    this.#numbers.delete(number.e164);
  }

  /** The service a number belongs to: the one whose pool has it. */
  serviceOfNumber(e164: string): MessagingService | undefined {
    for (const service of this.services.all()) if (service.numbers.includes(e164)) return service;
    return undefined;
  }

  /** Segments a second that a number sends; null is as fast as the emulator can. */
  paceOf(accountSid: string, e164: string): number | null {
    const own = this.#numbers.get(e164)?.segmentsPerSecond;
    return own ?? this.#accounts.get(accountSid)?.limits.segmentsPerSecond ?? null;
  }

  #keep(account: Account): void {
    const before = this.#accounts.get(account.sid);
    if (before) this.#byKey.delete(before.authToken);
    this.#accounts.set(account.sid, account);
    if (account.carrier === 'telnyx') this.#byKey.set(account.authToken, account);
  }

  #saveNumber(number: OwnedNumber): void {
    const { sid, accountSid, e164, createdAt, updatedAt, ...settings } = number;
    this.#db.write(() => this.#putNumber.run(sid, accountSid, e164, JSON.stringify(settings), createdAt, updatedAt));
    this.#numbers.set(e164, number);
  }

  #load(): void {
    const accounts = this.#db.prepare(
      `SELECT sid, carrier, auth_token AS authToken, friendly_name AS friendlyName, settings, created_at AS createdAt,
       updated_at AS updatedAt FROM accounts ORDER BY rowid`,
    );
    for (const row of accounts.all() as unknown as (Account & { settings: string })[]) {
      const { settings, ...rest } = row;
      this.#keep({ ...JSON.parse(settings), ...rest });
    }
    const numbers = this.#db.prepare(
      `SELECT sid, account_sid AS accountSid, e164, settings, created_at AS createdAt, updated_at AS updatedAt
       FROM numbers ORDER BY rowid`,
    );
    for (const row of numbers.all() as unknown as (OwnedNumber & { settings: string })[]) {
      const { settings, ...rest } = row;
      this.#numbers.set(row.e164, { ...NUMBER_DEFAULTS, ...JSON.parse(settings), ...rest });
    }
  }
}

/** Without what was not given, so that it does not overwrite what is there. */
function given<T extends object>(settings: T): Partial<T> {
  return Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== undefined)) as Partial<T>;
}
