import type { PolicyFacts } from './facts.ts';

/** What one rule says about one message. */
export interface Verdict {
  outcome: 'allow' | 'hold' | 'refuse';
  /** A sentence that a customer could read. */
  detail: string;
  /** With `hold`: the first moment at which the rule would let it go, Unix milliseconds. */
  until?: number;
}

/**
 * A rule of the contact policy. A rule is never changed once decisions were made with it: a new wording or a new limit is
 * a new version beside the old one, so that an old decision can be replayed.
 */
export interface Rule {
  id: string;
  version: number;
  evaluate(facts: PolicyFacts): Verdict;
}

export const allow = (detail: string): Verdict => ({ outcome: 'allow', detail });
export const refuse = (detail: string): Verdict => ({ outcome: 'refuse', detail });
export const hold = (until: number, detail: string): Verdict => ({ outcome: 'hold', detail, until });
