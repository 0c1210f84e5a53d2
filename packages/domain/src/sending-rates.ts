import { ACCOUNT_RATES, SENDING_RATES, type SendingClass, TOLL_FREE_CODES } from './sending-rates-table.ts';

export type { SendingClass } from './sending-rates-table.ts';

/** One limit that a text from a number stands under. Texts under the same key share it. */
export interface PaceLimit {
  key: string;
  segmentsPerSecond: number;
}

export interface PacedNumber {
  e164: string;
  carrier: 'twilio' | 'telnyx';
  carrierAccountId: string;
  /** As somebody set it; null: by the look of the number. */
  sendingClass: string | null;
  /** The campaign it is registered to; numbers of one campaign share its rate. */
  campaign: string | null;
  /** Whether its carrier is the emulator, which has no networks behind it. */
  emulated: boolean;
}

/** All limits that a text from this number stands under, in the order in which they are locked. */
export function paceLimits(number: PacedNumber): PaceLimit[] {
  const rate = rateOf(number, number.emulated ? 'emulated' : (number.sendingClass ?? classOf(number.e164)));
  const shared = rate.per === 'campaign' && number.campaign !== null;
  const limits = [
    {
      key: shared ? `campaign:${number.campaign}` : `number:${number.e164}`,
      segmentsPerSecond: rate.segmentsPerSecond,
    },
  ];
  const account = number.emulated ? undefined : ACCOUNT_RATES.find(({ carrier }) => carrier === number.carrier);
  if (account !== undefined) {
    limits.push({ key: `account:${number.carrierAccountId}`, segmentsPerSecond: account.segmentsPerSecond });
  }
  return limits.sort((a, b) => (a.key < b.key ? -1 : 1));
}

/** A class that the table does not know counts as the slowest: sending too slowly loses nothing. */
function rateOf(number: PacedNumber, name: string) {
  const find = (wanted: string) =>
    SENDING_RATES.find((rate) => rate.class === wanted && (rate.carrier === number.carrier || rate.carrier === 'any'));
  const rate = find(name) ?? find('long_code');
  if (rate === undefined) throw new Error(`No sending rate is known for ${number.carrier}`);
  return rate;
}

function classOf(e164: string): SendingClass {
  return e164.startsWith('+1') && TOLL_FREE_CODES.includes(e164.slice(2, 5)) ? 'toll_free' : 'long_code';
}

/** Below this rate, in segments a second, each text waits for its exact turn. */
const EXACT_BELOW = 10;

/** How far ahead of its turn a text of a fast number may leave, in milliseconds, so that many can leave at once. */
const LEAD_MS = 100;

export function leadOf(limit: PaceLimit): number {
  return limit.segmentsPerSecond < EXACT_BELOW ? 0 : LEAD_MS;
}

export interface PaceTurn {
  /** When each limit is free again, in the order given, in milliseconds of the clock given. */
  freeAt: number[];
  /** How many of the texts, from the first on, may leave now. */
  granted: number;
  /** Milliseconds until the next may. */
  waitMs: number;
}

/**
 * The rule of pacing, which the stores keep in SQL and in Lua and are tested against.
 *
 * A limit is free when all segments it let through have had their time: each takes 1/rate of a second. A text may leave when
 * every limit is free, or will be within its lead, and then occupies each for its segments. So in any stretch of w seconds no
 * more than rate × (w + lead) segments leave, and the rest of the one text that reaches over its end.
 *
 * @param freeAt what is stored of each limit; -Infinity when nothing is
 * @param segments of the texts that wait, in their order
 */
export function pace(
  limits: readonly PaceLimit[],
  freeAt: readonly number[],
  segments: readonly number[],
  now: number,
): PaceTurn {
  const free = limits.map((_, i) => Math.max(freeAt[i] ?? Number.NEGATIVE_INFINITY, now));
  const wait = () => Math.max(0, ...limits.map((limit, i) => (free[i] ?? now) - now - leadOf(limit)));
  let granted = 0;
  for (const count of segments) {
    if (wait() > 0) break;
    limits.forEach((limit, i) => {
      free[i] = (free[i] ?? now) + (count * 1000) / limit.segmentsPerSecond;
    });
    granted++;
  }
  return { freeAt: free, granted, waitMs: wait() };
}

/**
 * How long a text may wait for its turn, in milliseconds. What waited longer is not sent: an answer of noon must not arrive
 * at midnight. The one confirmation of a STOP is due within five minutes (47 CFR 64.1200(a)(12)).
 */
export const SEND_WITHIN_MS: Record<'conversation' | 'confirmation' | 'automatic', number> = {
  conversation: 4 * 60 * 60_000,
  automatic: 10 * 60_000,
  confirmation: 5 * 60_000,
};

/** What an agent reads of a text that waited too long. */
export const EXPIRED = {
  code: 'expired',
  class: 'TRANSIENT',
  words: 'The text waited too long for its turn and was not sent. Send it again if it still matters.',
} as const;
