import type { Decision } from '@patchline/contracts/decision';
import { bodyValid } from './policy/body-valid.ts';
import { dncSms } from './policy/dnc-sms.ts';
import type { PolicyFacts } from './policy/facts.ts';
import { recipientReachable } from './policy/recipient-reachable.ts';
import type { Rule, Verdict } from './policy/rule.ts';
import { senderActive } from './policy/sender-active.ts';

export type { RecipientFacts, SenderFacts } from './policy/facts.ts';
export { type BodyFacts, bodyFacts, type FlagFacts, type FlagSource, type PolicyFacts } from './policy/facts.ts';

/**
 * The one door through which anything reaches a person: facts in, a decision out, with the verdict of every rule.
 *
 *   refuse  wins over  hold  wins over  allow
 *
 * A hold lasts until the last of its rules would let go; the policy is asked again then, and once more when the message is
 * dispatched. A policy version is a fixed list of rule versions: it is never edited once it made decisions, a new one is
 * put beside it, so that `replay` gives the answer that was given then.
 */
const POLICIES: Record<string, readonly Rule[]> = {
  '1': [dncSms, senderActive, recipientReachable, bodyValid],
};

/** The version in force. Stored with each decision. */
export const POLICY_VERSION = '1';

export interface PolicyDecision extends Decision {
  policyVersion: string;
  /** With `hold`: Unix milliseconds at which it may be asked again; else null. */
  holdUntil: number | null;
}

/** Decides about one message by the policy in force. Pure: the same facts give the same decision. */
export function decide(facts: PolicyFacts): PolicyDecision {
  return replay(facts, POLICY_VERSION);
}

/**
 * Decides by the policy of a stored decision.
 *
 * @throws RangeError when there is no such version: a decision that cannot be explained must not pass for explained
 */
export function replay(facts: PolicyFacts, version: string): PolicyDecision {
  const rules = Object.hasOwn(POLICIES, version) ? POLICIES[version] : undefined;
  if (!rules) throw new RangeError(`There is no contact policy of version ${version}`);
  return combine(
    version,
    rules.map((rule) => ({ rule, verdict: rule.evaluate(facts) })),
  );
}

/** Refuse wins over hold wins over allow; a hold ends with the latest of its rules. */
export function combine(
  version: string,
  judged: { rule: Pick<Rule, 'id' | 'version'>; verdict: Verdict }[],
): PolicyDecision {
  const verdicts = judged.map(({ verdict }) => verdict);
  const outcome = worst(verdicts);
  const ends = verdicts.flatMap(({ outcome, until }) => (outcome === 'hold' && until !== undefined ? [until] : []));
  return {
    policyVersion: version,
    outcome,
    holdUntil: outcome === 'hold' && ends.length > 0 ? Math.max(...ends) : null,
    reasons: judged.map(({ rule, verdict }) => ({
      rule: rule.id,
      ruleVersion: rule.version,
      outcome: verdict.outcome,
      detail: verdict.detail,
    })),
  };
}

function worst(verdicts: Verdict[]): Decision['outcome'] {
  if (verdicts.some(({ outcome }) => outcome === 'refuse')) return 'refuse';
  return verdicts.some(({ outcome }) => outcome === 'hold') ? 'hold' : 'allow';
}
