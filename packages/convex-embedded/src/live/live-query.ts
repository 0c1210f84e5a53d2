import type { JSONValue } from 'convex/values';
import type { Identity } from '../identity.ts';
import type { ReadSet } from '../store.ts';

/** Who is told about a live query: one query of one connection. */
export interface Subscriber {
  readonly identity: Identity | null;
  /** The subscriber's live query was replaced by one for its own identity. */
  moveTo(live: LiveQuery): void;
  /** The result has changed. */
  changed(): void;
}

/**
 * One query that is open, with one set of arguments, for all subscribers who would get the same
 * result. `fragment` is the result as it stands in a message, made once for all of them.
 */
export class LiveQuery {
  readonly path: string;
  readonly args: JSONValue;
  readonly argsText: string;
  readonly subscribers = new Set<Subscriber>();
  /** The identity it runs with: that of any subscriber. */
  readonly identity: Identity | null;
  /** What stands for the identity in `key`; see `identityKey`. */
  identityText: string;
  key: string;
  /** End cursor of a paginated query. */
  journal: string | null;
  readonly givenJournal: string | null;
  reads: ReadSet | null = null;
  /** Null until it has run. */
  fragment: string | null = null;
  /** The last run's error, null if it succeeded. */
  failure: string | null = null;
  runs = 0;
  /** Milliseconds the last run took, for the inspector. */
  lastRunMs = 0;

  constructor(path: string, args: JSONValue, argsText: string, identity: Identity | null, journal: string | null) {
    this.path = path;
    this.args = args;
    this.argsText = argsText;
    this.identity = identity;
    this.journal = journal;
    this.givenJournal = journal;
    this.identityText = '';
    this.key = '';
  }

  /** Sets the identity part of the key. */
  setKey(identityText: string): void {
    this.identityText = identityText;
    this.key = liveKey(this.path, this.argsText, this.givenJournal, identityText);
  }
}

/** The key under which equal subscriptions find each other. */
export function liveKey(path: string, argsText: string, journal: string | null, identityText: string): string {
  return `${path}\n${argsText}\n${journal ?? ''}\n${identityText}`;
}
