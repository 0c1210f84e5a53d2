import type { Decision, DecisionReason } from '@patchline/contracts/decision';

export interface RefusalWords {
  title: string;
  next: string;
  /** Every rule that refused, for "Why?". */
  reasons: readonly DecisionReason[];
}

/** A refusal as a title, the next step, and the rules behind it. */
export function refusal(decision: Decision | null, message: string | null): RefusalWords {
  const reasons = decision?.reasons.filter((reason) => reason.outcome === 'refuse') ?? [];
  const first = reasons[0];
  const why = (first?.detail ?? message ?? 'the rules do not allow it').trim().replace(/\.$/, '');
  const title = /^not sent/i.test(why) ? why : `Not sent: ${why.charAt(0).toLowerCase()}${why.slice(1)}`;
  const optedOut = reasons.some((reason) => /dnc|opt|stop/i.test(reason.rule));
  return {
    title,
    next: optedOut
      ? 'Texts may go out again when this person texts START.'
      : 'Nothing was sent. You can change the text and try again.',
    reasons,
  };
}
