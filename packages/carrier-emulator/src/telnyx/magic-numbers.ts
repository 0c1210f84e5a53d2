import type { Outcome } from '../store/messages.ts';
import { isTelnyxCode, type TelnyxCode, telnyxCode } from './errors.ts';

/** Telnyx has no test numbers; these are this emulator's. +1 500 555 9NNN is refused with 40NNN, if that is a code. */
export function refusedRecipient(recipient: string): TelnyxCode | null {
  if (recipient === '+15005552429') return 10011;
  const code = 40_000 + Number(/^\+15005559(3\d{2})$/.exec(recipient)?.[1] ?? Number.NaN);
  return isTelnyxCode(code) ? code : null;
}

/**
 * What happens after acceptance: +1 500 555 4NNN ends with error 40NNN (+15005554008 is undeliverable),
 * +1 500 555 4999 ends "delivery_unconfirmed", +1 500 555 3999 stays "sent". The rest of Twilio's +1 500 555 3NNN end
 * with Telnyx's code for the same mishap.
 */
export function magicOutcome(recipient: string): { outcome: Outcome; code: number | null } | null {
  const match = /^\+1500555([34])(\d{3})$/.exec(recipient);
  if (!match) return null;
  const [, series, digits] = match;
  if (digits === '999') return { outcome: series === '4' ? 'unconfirmed' : 'sent', code: null };
  return outcomeOfCode(series === '4' ? 40_000 + Number(digits) : telnyxCode(30_000 + Number(digits)));
}

/** Refused by Telnyx or upstream before it reached the other network. */
const NOT_SENT = new Set([40001, 40009, 40010, 40011, 40012, 40013, 40014, 40015, 40016, 40018, 40100]);

/** How a message with this error ends. */
export function outcomeOfCode(given: number): { outcome: Outcome; code: number } {
  const code = telnyxCode(given);
  if (code === 40005) return { outcome: 'expired', code };
  return { outcome: NOT_SENT.has(code) || code >= 40300 ? 'failed' : 'undelivered', code };
}
