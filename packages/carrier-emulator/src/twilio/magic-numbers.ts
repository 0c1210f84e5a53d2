import type { Outcome } from '../store/messages.ts';
import { isTwilioCode, type TwilioCode } from './errors.ts';

/** Twilio's test numbers: sending to these is refused at once. */
const REFUSED_RECIPIENTS: Record<string, TwilioCode> = {
  '+15005550001': 21211,
  '+15005550002': 21612,
  '+15005550003': 21408,
  '+15005550004': 21610,
  '+15005550009': 21614,
};

/**
 * Why sending to this number is refused: Twilio's own test numbers, and this emulator's +1 500 555 1NNN for every other
 * 21NNN (+15005551608 is an unverified number of a trial account), +1 500 555 2429 for 20429.
 */
export function refusedRecipient(recipient: string): TwilioCode | null {
  const known = REFUSED_RECIPIENTS[recipient];
  if (known) return known;
  if (recipient === '+15005552429') return 20429;
  const code = 21_000 + Number(/^\+15005551(\d{3})$/.exec(recipient)?.[1] ?? Number.NaN);
  return isTwilioCode(code) ? code : null;
}

/** Twilio's test numbers: sending from these is refused at once. */
export const REFUSED_SENDERS: Record<string, TwilioCode> = {
  '+15005550001': 21212,
  '+15005550007': 21606,
  '+15005550008': 21611,
};

/** Sending from this one always works, in every account. */
export const VALID_SENDER = '+15005550006';

const UNDELIVERED = new Set([30003, 30004, 30005, 30006, 30007, 30008, 30410]);

/**
 * This emulator's own test numbers for what happens after acceptance: +1 500 555 3NNN ends with error 30NNN, for
 * example +15005553003 with 30003; +1 500 555 3999 stays "sent". The one code outside that range, 63038 (the account's
 * daily limit), is +1 500 555 6038.
 */
export function magicOutcome(recipient: string): { outcome: Outcome; code: number | null } | null {
  if (recipient === '+15005556038') return outcomeOfCode(63038);
  const match = /^\+15005553(\d{3})$/.exec(recipient);
  if (!match) return null;
  if (match[1] === '999') return { outcome: 'sent', code: null };
  return outcomeOfCode(30_000 + Number(match[1]));
}

/** How a message with this asynchronous error ends: at the handset's end, or before it left. */
export function outcomeOfCode(code: number): { outcome: Outcome; code: number } {
  return { outcome: UNDELIVERED.has(code) ? 'undelivered' : 'failed', code };
}
