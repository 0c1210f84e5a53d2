import { allow, type Rule, refuse } from './rule.ts';

/** The most the carriers take in one message (Twilio error 21617). */
export const LONGEST_BODY = 1600;

/** A text says something, and no more than a carrier takes. */
export const bodyValid: Rule = {
  id: 'body_valid',
  version: 1,
  evaluate({ body }) {
    if (body.blank) return refuse('The text is empty.');
    if (body.length > LONGEST_BODY) {
      return refuse(
        `The text is ${body.length - LONGEST_BODY} characters too long; 1,600 is the most a text can hold.`,
      );
    }
    return allow('The text can be sent as it is.');
  },
};
