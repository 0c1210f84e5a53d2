/**
 * How fast carriers let a number send, as data with the day it was looked up: when a carrier changes a limit, a row changes
 * here and nothing else. Rates are in segments a second, because carriers count segments and not texts.
 */
export type SendingClass =
  /** An ordinary number: not registered for a campaign, or outside North America. */
  | 'long_code'
  | 'toll_free'
  | 'short_code'
  /** A long code registered to a 10DLC campaign, by what its registration allows. */
  | '10dlc_high'
  | '10dlc_middle'
  | '10dlc_low'
  | '10dlc_sole_proprietor'
  /** A number of the carrier emulator: so fast that nobody waits for a demo. */
  | 'emulated';

export interface SendingRate {
  carrier: 'twilio' | 'telnyx' | 'any';
  class: SendingClass;
  segmentsPerSecond: number;
  /** Whether each number has the rate, or all numbers of a campaign share it. */
  per: 'number' | 'campaign';
  /** The day the source was read. */
  asOf: string;
  source: string;
}

const TRUST_SCORES = 'Twilio: 10DLC throughput by trust score, for one network, since a recipient’s is not known here';
const ATT_CLASSES = 'Telnyx: AT&T texts a minute by message class, the least of the networks';

export const SENDING_RATES: readonly SendingRate[] = [
  row('twilio', 'long_code', 1, 'number', 'Twilio error 21611: one segment a second for a long code'),
  row('twilio', 'toll_free', 3, 'number', 'Twilio: three segments a second for a toll-free number unless raised'),
  row('twilio', 'short_code', 100, 'number', 'Twilio error 21611: a hundred segments a second for a short code'),
  // Trust scores 75 to 100, 50 to 74, and below with the low-volume campaigns.
  row('twilio', '10dlc_high', 75, 'campaign', TRUST_SCORES),
  row('twilio', '10dlc_middle', 40, 'campaign', TRUST_SCORES),
  row('twilio', '10dlc_low', 4, 'campaign', TRUST_SCORES),
  row('twilio', '10dlc_sole_proprietor', 1, 'campaign', TRUST_SCORES),

  row('telnyx', 'long_code', 0.1, 'number', 'Telnyx: a tenth of a text a second for a long code'),
  row('telnyx', 'toll_free', 20, 'number', 'Telnyx: twenty texts a second for a toll-free number'),
  row('telnyx', 'short_code', 1000, 'number', 'Telnyx: a thousand texts a second for a short code'),
  // Message classes A and B, C and D, E and F, W.
  row('telnyx', '10dlc_high', 4500 / 60, 'campaign', ATT_CLASSES),
  row('telnyx', '10dlc_middle', 2400 / 60, 'campaign', ATT_CLASSES),
  row('telnyx', '10dlc_low', 240 / 60, 'campaign', ATT_CLASSES),
  row('telnyx', '10dlc_sole_proprietor', 15 / 60, 'campaign', ATT_CLASSES),

  row('any', 'emulated', 5000, 'number', 'ours'),
];

/** What all numbers of one account share, where the carrier has such a limit; segments a second. */
export const ACCOUNT_RATES: readonly Pick<SendingRate, 'carrier' | 'segmentsPerSecond' | 'asOf' | 'source'>[] = [
  {
    carrier: 'telnyx',
    segmentsPerSecond: 50,
    asOf: '2026-11-20',
    source: 'Telnyx: fifty texts a second for an account',
  },
];

/** Area codes of North American toll-free numbers. */
export const TOLL_FREE_CODES: readonly string[] = ['800', '833', '844', '855', '866', '877', '888'];

function row(
  carrier: SendingRate['carrier'],
  sendingClass: SendingClass,
  segmentsPerSecond: number,
  per: SendingRate['per'],
  source: string,
): SendingRate {
  return { carrier, class: sendingClass, segmentsPerSecond, per, asOf: '2026-11-20', source };
}
