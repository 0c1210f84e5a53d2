import { isE164 } from '../e164.ts';
import { dayWords } from './day-words.ts';
import { allow, type Rule, refuse } from './rule.ts';

/** A text goes only to a number that can take one: well-formed, somebody else's, and not given up by the carrier. */
export const recipientReachable: Rule = {
  id: 'recipient_reachable',
  version: 1,
  evaluate({ recipient, now, timeZone }) {
    if (!isE164(recipient.address)) return refuse('This is not a phone number that can be texted.');
    if (recipient.isOurs) return refuse('This is one of our own numbers.');
    if (recipient.unreachable) {
      const { at, words } = recipient.unreachable;
      return refuse(`The carrier gave this number up on ${dayWords(at, now, timeZone)}: ${words}`);
    }
    return allow('This number can be texted.');
  },
};
