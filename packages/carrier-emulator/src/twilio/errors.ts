import type { FastifyRequest } from 'fastify';

/** Twilio's errors, by code: HTTP status and message. The wording is ours where the code alone is documented. */
const CATALOGUE = {
  20001: [400, 'A parameter has a value that is not allowed'],
  20003: [401, 'Authenticate'],
  20004: [405, 'Method not allowed'],
  20009: [409, 'The message is not in a state that allows this'],
  20404: [404, 'The requested resource was not found'],
  20429: [429, 'Too Many Requests'],
  20500: [500, 'Internal Server Error'],
  20503: [503, 'Service Unavailable'],
  21211: [400, "Invalid 'To' Phone Number"],
  21212: [400, "Invalid 'From' Number"],
  21266: [400, "'To' and 'From' number cannot be the same"],
  21408: [400, "Permission to send an SMS has not been enabled for the region indicated by the 'To' number"],
  21422: [400, 'The phone number is not available'],
  21421: [400, 'The phone number is not valid'],
  21452: [400, 'No phone numbers found in the area code'],
  21502: [400, 'The URL is not valid'],
  21602: [400, 'Message body is required.'],
  21603: [400, "A 'From' phone number is required."],
  21604: [400, "A 'To' phone number is required."],
  21606: [400, "The 'From' number is not a valid, SMS-capable phone number or short code for your account."],
  21608: [400, 'The number is unverified. Trial accounts cannot send messages to unverified numbers.'],
  21609: [400, 'The StatusCallback URL is not valid.'],
  21610: [400, 'Attempt to send to unsubscribed recipient'],
  21611: [429, "This 'From' number has exceeded the maximum number of queued messages"],
  21659: [400, "'From' is not a Twilio phone number or short code country mismatch"],
  21660: [400, "Mismatch between the 'From' number and the account"],
  21661: [400, "'From' number is not SMS-capable"],
  21612: [400, "The message cannot be routed with this combination of 'To' and 'From'"],
  21614: [400, "'To' number is not a valid mobile number"],
  21617: [400, 'The concatenated message body exceeds the 1600 character limit'],
  21619: [400, 'A text message body or media urls must be specified.'],
  21620: [400, 'Invalid media URL(s)'],
  21623: [400, 'Number of media files exceeds allowed limit'],
  21704: [400, 'The Messaging Service contains no phone numbers.'],
  21710: [409, 'Phone Number or Short Code is already in the Messaging Service.'],
  21712: [400, 'Phone Number or Short Code is associated with another Messaging Service.'],
  21703: [400, 'The Messaging Service does not have a phone number to send from'],
  21705: [400, 'The Messaging Service Sid is invalid'],
  30001: [200, 'Queue overflow'],
  30002: [200, 'Account suspended'],
  30003: [200, 'Unreachable destination handset'],
  30004: [200, 'Message blocked'],
  30005: [200, 'Unknown destination handset'],
  30006: [200, 'Landline or unreachable carrier'],
  30007: [200, 'Message filtered'],
  30008: [200, 'Unknown error'],
  30022: [200, 'US A2P 10DLC - rate limits exceeded'],
  30023: [200, 'US A2P 10DLC - daily message cap reached'],
  30027: [200, 'US A2P 10DLC - T-Mobile daily message limit reached'],
  30032: [200, 'Toll-free number has not been verified'],
  30034: [200, 'US A2P 10DLC - message from an unregistered number'],
  30035: [200, 'Message delivery - number is still being registered'],
  30036: [200, 'Validity period expired'],
  30038: [200, 'OTP message body filtered'],
  30039: [200, 'Message loop detected'],
  30410: [200, 'Provider timeout error'],
  63038: [200, 'Account has reached its daily messaging limit'],
  35114: [400, 'Scheduling does not support this timestamp'],
} as const satisfies Record<number, readonly [status: number, message: string]>;

export type TwilioCode = keyof typeof CATALOGUE;

/** The body of every refused request. */
export interface TwilioErrorBody {
  code: number;
  message: string;
  more_info: string;
  status: number;
}

export class TwilioError extends Error {
  readonly code: number;
  readonly status: number;

  /** @param detail replaces the catalogue's message where Twilio names the offending value. */
  constructor(code: TwilioCode, detail?: string) {
    super(detail ?? CATALOGUE[code][1]);
    this.code = code;
    this.status = CATALOGUE[code][0];
  }

  body(): TwilioErrorBody {
    return {
      code: this.code,
      message: this.message,
      more_info: `https://www.twilio.com/docs/errors/${this.code}`,
      status: this.status,
    };
  }
}

export function isTwilioCode(code: number): code is TwilioCode {
  return Object.hasOwn(CATALOGUE, code);
}

/** The words for an asynchronous error, as the message resource shows them. */
export function errorMessage(code: number): string {
  return isTwilioCode(code) ? CATALOGUE[code][1] : 'Unknown error';
}

/** The error of an address that leads nowhere. */
export function notFound(request: FastifyRequest): TwilioError {
  return new TwilioError(20404, `The requested resource ${request.url.split('?')[0]} was not found`);
}

/** A refusal chosen by code, as faults do. Codes the catalogue lacks are answered 400. */
export function refusal(code: number): TwilioErrorBody {
  if (isTwilioCode(code) && code < 30000) return new TwilioError(code).body();
  return {
    code,
    message: errorMessage(code),
    more_info: `https://www.twilio.com/docs/errors/${code}`,
    status: 400,
  };
}
