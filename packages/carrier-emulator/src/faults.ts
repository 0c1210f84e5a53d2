import { chance } from './random.ts';
import type { Database } from './store/database.ts';

/** Everything that can be made to go wrong, with what it means. The names are the API's and the handset page's. */
export const FAULT_NAMES = {
  'send:delay': 'A send is accepted and answered after ms.',
  'send:timeout-before-accept': 'A send is not accepted and never answered.',
  'send:timeout-after-accept': 'A send is accepted, goes its way, and is never answered.',
  'send:disconnect-after-accept': 'A send is accepted and the connection is cut instead of an answer.',
  'send:500': 'A send is not accepted and answered 500.',
  'send:503': 'A send is not accepted and answered 503 (after ms, if given).',
  'send:429': 'A send is not accepted and answered 429 with code 20429.',
  'send:refuse': 'A send is answered 400 with code.',
  'send:undelivered': 'A message is accepted and ends undelivered with code.',
  'send:failed': 'A message is accepted and ends failed with code.',
  'send:no-report': 'A message is accepted and stays "sent": no delivery report ever comes.',
  'read:500': 'A GET of the REST API is answered 500.',
  'read:delay': 'A GET of the REST API is answered after ms.',
  'webhook:drop': 'A webhook is never made.',
  'webhook:lose-first': 'The first try of a webhook is lost; whether there is a second is up to the carrier’s rules.',
  'webhook:duplicate': 'A webhook is made twice.',
  'webhook:delay': 'A webhook is made ms late.',
  'webhook:reorder': 'A webhook is held back up to ms, so that later ones overtake it.',
  'webhook:bad-signature': 'A webhook is signed with another token or key.',
  'webhook:stale': 'A Telnyx webhook is signed as it was ten minutes ago. (Twilio signs no time.)',
} as const;

export type FaultName = keyof typeof FAULT_NAMES;

export interface FaultRule {
  /** Share of the events it hits, 0 to 1. */
  probability: number;
  /** How many more events it may hit; null without limit. */
  times: number | null;
  /** Milliseconds, for delays. */
  ms?: number;
  /** The carrier's error code, for send:refuse, send:undelivered and send:failed. */
  code?: number;
  /** Only this kind of webhook. */
  kind?: 'inbound' | 'status';
}

export interface FaultSet {
  seed: number;
  faults: Partial<Record<FaultName, FaultRule>>;
}

/** Faults that one request, or one text, asks for itself. They hit every time. */
export type OwnFaults = Partial<Record<FaultName, Omit<FaultRule, 'probability' | 'times'>>>;

const EVERY_ACCOUNT = '*';

/** Which faults are on, by account. Verdicts come from the seed: the k-th event of a kind always has the same one. */
export class Faults {
  readonly #db: Database;
  readonly #sets = new Map<string, FaultSet>();
  readonly #counters = new Map<string, number>();

  constructor(db: Database) {
    this.#db = db;
    const row = db.prepare("SELECT value FROM settings WHERE name = 'faults'").get();
    if (row) for (const [key, set] of JSON.parse(String(row.value))) this.#sets.set(key, set);
  }

  get(accountSid: string | null): FaultSet {
    return this.#sets.get(accountSid ?? EVERY_ACCOUNT) ?? { seed: 1, faults: {} };
  }

  /** All sets, by account SID; "*" is every account. */
  all(): Record<string, FaultSet> {
    return Object.fromEntries(this.#sets);
  }

  /** Replaces the faults of one account, or those of every account, and starts their counting afresh. */
  set(accountSid: string | null, set: FaultSet): void {
    const key = accountSid ?? EVERY_ACCOUNT;
    if (Object.keys(set.faults).length === 0) this.#sets.delete(key);
    else this.#sets.set(key, set);
    for (const counter of [...this.#counters.keys()]) {
      if (counter.startsWith(`${key} `)) this.#counters.delete(counter);
    }
    this.#store();
  }

  clear(): void {
    this.#sets.clear();
    this.#counters.clear();
    this.#store();
  }

  /** Does this fault hit now? Counts as one event of its kind, unless the request asked for it itself. */
  hit(
    accountSid: string,
    name: FaultName,
    own?: OwnFaults | null,
    kind?: 'inbound' | 'status',
  ): Omit<FaultRule, 'probability' | 'times'> | null {
    const asked = own?.[name];
    if (asked && !(asked.kind && kind && asked.kind !== kind)) return asked;
    if (this.#sets.size === 0) return null;
    return this.#try(accountSid, accountSid, name, kind) ?? this.#try(EVERY_ACCOUNT, accountSid, name, kind);
  }

  /** A seeded number in [0, 1) for the size of a fault just hit. */
  size(accountSid: string, name: FaultName): number {
    const key = this.#sets.get(accountSid)?.faults[name] ? accountSid : EVERY_ACCOUNT;
    return chance(this.#sets.get(key)?.seed ?? 1, `size ${name}`, this.#count(`${key} ${accountSid} size ${name}`));
  }

  #try(key: string, accountSid: string, name: FaultName, kind?: 'inbound' | 'status'): FaultRule | null {
    const set = this.#sets.get(key);
    const rule = set?.faults[name];
    if (!set || !rule || rule.times === 0 || (rule.kind && kind && rule.kind !== kind)) return null;
    const index = this.#count(`${key} ${accountSid} ${name} ${kind ?? ''}`);
    if (chance(set.seed, `${name} ${kind ?? ''}`, index) >= rule.probability) return null;
    if (rule.times !== null) {
      rule.times--;
      this.#store();
    }
    return rule;
  }

  #count(counter: string): number {
    const index = this.#counters.get(counter) ?? 0;
    this.#counters.set(counter, index + 1);
    return index;
  }

  #store(): void {
    this.#db.write(() =>
      this.#db
        .prepare("INSERT INTO settings VALUES ('faults', ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value")
        .run(JSON.stringify([...this.#sets])),
    );
  }
}
