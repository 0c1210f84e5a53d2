import type { SenderFacts } from './facts.ts';
import { allow, type Rule, refuse } from './rule.ts';

const PROBLEMS: Record<Exclude<SenderFacts['status'], 'active'>, string> = {
  suspended: 'The number this would be sent from is suspended.',
  released: 'The number this would be sent from is no longer ours.',
  unknown: 'The number this would be sent from is not one of ours.',
};

/** A text goes out only from a number that is ours and in use. */
export const senderActive: Rule = {
  id: 'sender_active',
  version: 1,
  evaluate({ sender }) {
    if (sender.address === null) return refuse('There is no number to send from. An admin can add one.');
    return sender.status === 'active' ? allow('Our number can send texts.') : refuse(PROBLEMS[sender.status]);
  },
};
