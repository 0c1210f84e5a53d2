import { TwilioError } from './errors.ts';
import type { Form } from './form.ts';

const DAY = 24 * 60 * 60 * 1000;

/**
 * DateSent, DateSent< and DateSent> as bounds in milliseconds, both inclusive. A date without a time is the whole day
 * in GMT; a time counts to the second, as the resource's own dates do. Messages without date_sent match none of them.
 * The operators come as part of the name: "DateSent>=2026-11-20" is a parameter called "DateSent>".
 */
export function dateFilter(query: Form): { sentFrom?: number; sentTo?: number } {
  const on = read(query, 'DateSent');
  const since = read(query, 'DateSent>');
  const until = read(query, 'DateSent<');
  const from = [on?.first, since?.first].filter((ms) => ms !== undefined);
  const to = [on?.last, until?.last].filter((ms) => ms !== undefined);
  return {
    sentFrom: from.length > 0 ? Math.max(...from) : undefined,
    sentTo: to.length > 0 ? Math.min(...to) : undefined,
  };
}

function read(query: Form, name: string): { first: number; last: number } | undefined {
  const text = query.text(name);
  if (!text) return undefined;
  const first = Date.parse(text);
  if (Number.isNaN(first)) throw new TwilioError(20001, `${name} is not a date`);
  if (/^\d{4}-\d{2}-\d{2}$/.test(text)) return { first, last: first + DAY - 1 };
  const second = Math.floor(first / 1000) * 1000;
  return { first: second, last: second + 999 };
}
