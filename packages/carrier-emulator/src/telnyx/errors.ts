/** Telnyx's errors, by code: HTTP status and title. The status of 403xx is seen as 400, 403 and 422: here it is 400. */
const CATALOGUE = {
  10002: [422, 'Invalid phone number'],
  10004: [422, 'Missing required parameter'],
  10005: [404, 'Resource not found'],
  10007: [500, 'Unexpected error'],
  10009: [401, 'Authentication failed'],
  10010: [403, 'Authorization failed'],
  10011: [429, 'Too many requests'],
  10015: [422, 'Invalid parameter value'],
  10016: [503, 'Service unavailable'],
  40001: [200, 'Not routable'],
  40002: [200, 'Blocked as spam - temporary'],
  40003: [200, 'Blocked as spam - permanent'],
  40004: [200, 'Rejected by destination'],
  40005: [200, 'Message expired during transmission'],
  40006: [200, 'Recipient server unavailable'],
  40008: [200, 'Undeliverable'],
  40009: [200, 'Invalid message body'],
  40010: [200, 'Not 10DLC registered'],
  40011: [200, 'Too many requests at the upstream carrier'],
  40012: [200, 'Invalid messaging destination number'],
  40013: [200, 'Invalid messaging source number'],
  40014: [200, 'Message expired in queue'],
  40015: [200, 'Blocked as spam - internal'],
  40016: [200, 'T-Mobile 10DLC daily limit reached'],
  40017: [200, 'AT&T 10DLC spam message rejected'],
  40018: [200, 'AT&T 10DLC throughput exceeded'],
  40100: [200, 'Number not enabled for messaging'],
  40300: [400, 'Blocked due to STOP message'],
  40301: [400, "Unsupported message type for 'to' address"],
  40302: [400, 'Message too large'],
  40304: [400, 'Invalid combination of message content'],
  40305: [400, "Invalid 'from' address"],
  40306: [400, 'Alpha sender not configured'],
  40308: [400, "Invalid 'from' address for MMS"],
  40309: [400, 'Invalid destination region'],
  40310: [400, "Invalid 'to' address"],
  40312: [400, 'Messaging profile is disabled'],
  40314: [400, 'Messaging is disabled on this account'],
  40315: [400, "Unhealthy 'from' address"],
  40316: [400, 'No content provided'],
  40317: [400, 'Invalid MMS content'],
  40318: [400, 'Message queue full'],
  40319: [400, "Incompatible message type for 'to' and 'from'"],
  40320: [400, "Temporarily unusable 'from' address"],
  40321: [400, 'No usable numbers on messaging profile'],
  40322: [400, 'Blocked due to content'],
  40328: [400, 'SMS exceeds the recommended size'],
  40329: [400, 'Toll-free number not verified'],
  40333: [400, 'Spend limit reached'],
} as const satisfies Record<number, readonly [status: number, title: string]>;

export type TelnyxCode = keyof typeof CATALOGUE;

export interface TelnyxErrorItem {
  code: string;
  title: string;
  detail?: string;
  source?: { pointer: string } | { parameter: string };
  meta?: { url: string };
}

export class TelnyxError extends Error {
  readonly code: TelnyxCode;
  readonly status: number;
  readonly source: TelnyxErrorItem['source'];

  /** @param pointer member of the body at fault, as in "/to". */
  constructor(code: TelnyxCode, detail?: string, pointer?: string) {
    super(detail ?? CATALOGUE[code][1]);
    this.code = code;
    this.status = CATALOGUE[code][0];
    this.source = pointer === undefined ? undefined : { pointer };
  }

  body(): { errors: [TelnyxErrorItem] } {
    const item: TelnyxErrorItem = {
      code: String(this.code),
      title: CATALOGUE[this.code][1],
      detail: this.message,
      meta: { url: `https://developers.telnyx.com/docs/overview/errors/${this.code}` },
    };
    if (this.source) item.source = this.source;
    return { errors: [item] };
  }
}

export function isTelnyxCode(code: number): code is TelnyxCode {
  return Object.hasOwn(CATALOGUE, code);
}

/** Title of an error that comes after acceptance. */
export function errorTitle(code: number): string {
  return isTelnyxCode(code) ? CATALOGUE[code][1] : 'Undeliverable';
}

/** The same mishap in Telnyx's code: faults are often set for every account, with the codes of Twilio. */
const FROM_TWILIO: Record<number, TelnyxCode> = {
  21211: 40310,
  21408: 40309,
  21606: 40305,
  21610: 40300,
  21611: 40318,
  21612: 40301,
  21614: 40310,
  30001: 40014,
  30002: 40314,
  30003: 40008,
  30004: 40004,
  30005: 40012,
  30006: 40001,
  30007: 40002,
  30008: 40008,
  30022: 40018,
  30023: 40016,
  30027: 40016,
  30032: 40329,
  30034: 40010,
  30036: 40005,
  30410: 40006,
};

export function telnyxCode(code: number): number {
  return FROM_TWILIO[code] ?? code;
}

/** A refusal chosen by code, as faults do. */
export function refusal(code: number): TelnyxError {
  const own = telnyxCode(code);
  return new TelnyxError(isTelnyxCode(own) && (own < 40000 || own >= 40300) ? own : 40310);
}
