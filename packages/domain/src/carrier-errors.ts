/**
 * The carriers' error codes as our small set. The class decides what happens next; the words are what an agent reads.
 * Sources: Twilio's error and warning dictionary and Telnyx's messaging error codes, those that a send or a report of
 * delivery can carry.
 */
export type CarrierErrorClass =
  /** This number cannot be texted, now or later. */
  | 'PERMANENT_RECIPIENT'
  /** The carrier blocks it because the person opted out there: an opt-out event for us too. */
  | 'OPT_OUT'
  /** May work later; never repeated blindly. */
  | 'TRANSIENT'
  /** A daily allowance is used up. */
  | 'DAILY_CAP'
  /** Filtered for what it says. */
  | 'CONTENT'
  /** Our number, account or registration must be put right. */
  | 'SENDER_CONFIG'
  /** Not reachable just now: switched off, no coverage. */
  | 'SOFT_RECIPIENT'
  | 'UNKNOWN';

export interface CarrierError {
  /** The carrier's code as text, `unknown` when it gave none. */
  code: string;
  class: CarrierErrorClass;
  /** A sentence for agents. */
  words: string;
}

const NO_REASON: CarrierError = {
  code: 'unknown',
  class: 'UNKNOWN',
  words: 'The carrier could not deliver the text and gave no reason.',
};

const TWILIO: Record<number, [CarrierErrorClass, string]> = {
  20003: ['SENDER_CONFIG', 'The carrier refused our credentials. An admin needs to check them.'],
  20429: ['TRANSIENT', 'The carrier is taking no more requests from us for a moment.'],
  21211: ['PERMANENT_RECIPIENT', 'The carrier does not know this number.'],
  21212: ['SENDER_CONFIG', 'The carrier does not accept the number we send from.'],
  21408: ['SENDER_CONFIG', 'Texting to this country is not switched on for our account.'],
  21602: ['CONTENT', 'The text was empty.'],
  21606: ['SENDER_CONFIG', 'The number we send from is not ours at the carrier, or cannot send texts.'],
  21608: ['SENDER_CONFIG', 'Our trial account may only text numbers verified at the carrier.'],
  21610: ['OPT_OUT', 'This person opted out at the carrier, which blocks our texts until they text START.'],
  21611: ['TRANSIENT', 'The number we send from has too many texts waiting at the carrier.'],
  21612: ['PERMANENT_RECIPIENT', 'The carrier has no route from our number to this one.'],
  21614: ['PERMANENT_RECIPIENT', 'This number is not a mobile number and cannot receive texts.'],
  21617: ['CONTENT', 'The text is longer than 1,600 characters.'],
  21619: ['CONTENT', 'The text was empty.'],
  21620: ['CONTENT', 'The carrier could not read an attachment.'],
  21623: ['CONTENT', 'The carrier could not read an attachment.'],
  21659: ['SENDER_CONFIG', 'The number we send from is not ours at the carrier, or cannot send texts.'],
  21660: ['SENDER_CONFIG', 'The number we send from belongs to another account at the carrier.'],
  21661: ['SENDER_CONFIG', 'The number we send from cannot send texts.'],
  21703: ['SENDER_CONFIG', 'The messaging service at the carrier has no number to send from.'],
  21704: ['SENDER_CONFIG', 'The messaging service at the carrier has no number to send from.'],
  30001: ['TRANSIENT', 'The text waited too long in a full queue at the carrier and was dropped.'],
  30002: ['SENDER_CONFIG', 'Our account at the carrier is suspended.'],
  30003: ['SOFT_RECIPIENT', 'The phone could not be reached. It may be switched off or out of coverage.'],
  30004: ['CONTENT', 'The carrier blocked the text.'],
  30005: ['PERMANENT_RECIPIENT', 'This number does not exist, or is no longer in service.'],
  30006: ['PERMANENT_RECIPIENT', 'This is a landline, or a carrier that takes no texts.'],
  30007: ['CONTENT', 'The carrier filtered the text as unwanted.'],
  30008: ['TRANSIENT', 'The carrier could not deliver the text and did not say why.'],
  30022: ['TRANSIENT', 'Our registered sending rate was exceeded.'],
  30023: ['DAILY_CAP', 'Our daily allowance for this network is used up.'],
  30027: ['DAILY_CAP', 'Our daily allowance with T-Mobile is used up.'],
  30032: ['SENDER_CONFIG', 'Our toll-free number is not verified for texting.'],
  30034: ['SENDER_CONFIG', 'The number we send from is not registered for texting (10DLC).'],
  30035: ['SENDER_CONFIG', 'The registration of the number we send from is still being worked on.'],
  30036: ['TRANSIENT', 'The text expired before it could be delivered.'],
  30038: ['CONTENT', 'The carrier filtered the text because it holds a one-time code.'],
  30039: ['CONTENT', 'The carrier stopped the text because it seemed to go in a loop.'],
  30410: ['TRANSIENT', 'The receiving network took too long to answer.'],
  63038: ['DAILY_CAP', 'Our account has sent as many texts as it may today.'],
};

/** What a Twilio error code means for us. Codes we do not know keep their number, so that an admin can look them up. */
export function twilioError(code: number | string | null | undefined): CarrierError {
  if (code === null || code === undefined || code === '') return NO_REASON;
  const known = TWILIO[Number(code)];
  if (known) return { code: String(code), class: known[0], words: known[1] };
  return { code: String(code), class: 'UNKNOWN', words: `The carrier reported error ${code}.` };
}

const NOT_OURS = 'The number we send from is not ours at the carrier, or cannot send texts.';
const ACCOUNT = 'The carrier has stopped our account. An admin needs to look at it there.';
const SPAM = 'The carrier filtered the text as unwanted.';

const TELNYX: Record<string, [CarrierErrorClass, string]> = {
  10009: ['SENDER_CONFIG', 'The carrier refused our credentials. An admin needs to check them.'],
  10010: ['SENDER_CONFIG', 'Our account at the carrier may not do this. An admin needs to check it.'],
  10011: ['TRANSIENT', 'The carrier is taking no more requests from us for a moment.'],
  20002: ['SENDER_CONFIG', ACCOUNT],
  20006: ['SENDER_CONFIG', ACCOUNT],
  20012: ['SENDER_CONFIG', ACCOUNT],
  20013: ['SENDER_CONFIG', ACCOUNT],
  20014: ['SENDER_CONFIG', ACCOUNT],
  20015: ['SENDER_CONFIG', ACCOUNT],
  20016: ['SENDER_CONFIG', ACCOUNT],
  20017: ['SENDER_CONFIG', ACCOUNT],
  20100: ['SENDER_CONFIG', ACCOUNT],
  40001: ['PERMANENT_RECIPIENT', 'The carrier has no route to this number. It may be a landline.'],
  40002: ['CONTENT', 'The carrier filtered the text as unwanted, for now.'],
  40003: ['CONTENT', SPAM],
  40004: ['CONTENT', 'The receiving network rejected the text.'],
  40005: ['TRANSIENT', 'The text expired before it could be delivered.'],
  40006: ['TRANSIENT', 'The receiving network was not available.'],
  40008: ['SOFT_RECIPIENT', 'The text could not be delivered to this phone.'],
  40009: ['CONTENT', 'The receiving network could not read the text.'],
  40010: ['SENDER_CONFIG', 'The number we send from is not registered for texting (10DLC).'],
  40011: ['TRANSIENT', 'The receiving network takes no more texts from us for a moment.'],
  40012: ['PERMANENT_RECIPIENT', 'The receiving network does not know this number.'],
  40013: ['SENDER_CONFIG', 'The receiving network does not accept the number we send from.'],
  40014: ['TRANSIENT', 'The text waited too long in a full queue at the carrier and was dropped.'],
  40015: ['CONTENT', SPAM],
  40016: ['DAILY_CAP', 'Our daily allowance with T-Mobile is used up.'],
  40017: ['CONTENT', 'AT&T filtered the text as unwanted.'],
  40018: ['TRANSIENT', 'Our registered sending rate with AT&T was exceeded.'],
  40100: ['SENDER_CONFIG', 'The number we send from is not switched on for texting.'],
  40300: ['OPT_OUT', 'This person opted out at the carrier, which blocks our texts until they text START.'],
  40301: ['PERMANENT_RECIPIENT', 'This number cannot receive this kind of text.'],
  40302: ['CONTENT', 'The text or its attachments are too large.'],
  40304: ['SENDER_CONFIG', 'The carrier did not understand our request.'],
  40305: ['SENDER_CONFIG', NOT_OURS],
  40306: ['SENDER_CONFIG', NOT_OURS],
  40308: ['SENDER_CONFIG', 'The number we send from cannot send pictures.'],
  40309: ['SENDER_CONFIG', 'Texting to this country is not switched on for our account.'],
  40310: ['PERMANENT_RECIPIENT', 'The carrier does not know this number.'],
  40312: ['SENDER_CONFIG', 'The messaging profile at the carrier is switched off.'],
  40314: ['SENDER_CONFIG', ACCOUNT],
  40315: ['SENDER_CONFIG', 'The carrier holds back the number we send from because too many of its texts fail.'],
  40316: ['CONTENT', 'The text was empty.'],
  40317: ['CONTENT', 'The carrier could not send an attachment.'],
  40318: ['TRANSIENT', 'The number we send from has too many texts waiting at the carrier.'],
  40319: ['PERMANENT_RECIPIENT', 'Our number and this one cannot exchange this kind of text.'],
  40320: ['TRANSIENT', 'The number we send from cannot be used for a moment.'],
  40321: ['SENDER_CONFIG', 'The messaging profile at the carrier has no number to send from.'],
  40322: ['CONTENT', SPAM],
  40328: ['CONTENT', 'The text is too long for the carrier.'],
  40329: ['SENDER_CONFIG', 'Our toll-free number is not verified for texting.'],
  40333: ['DAILY_CAP', 'The messaging profile at the carrier has spent as much as it may today.'],
};

/** A title that speaks of an opt-out, whatever the code. */
const OPT_OUT_TITLE = /\bstop\b|opt(?:ed)?[ -]?out/i;

const LONGEST_TITLE = 120;

/**
 * What an error of Telnyx means for us: by its code and its title, because code 40300 is used for other blocks than an
 * opt-out when it comes in a report. A 40300 that gives no title at all has its documented meaning.
 */
export function telnyxError(
  error: { code?: string | number | null; title?: string | null } | null | undefined,
): CarrierError {
  const code = String(error?.code ?? '');
  const title = (error?.title ?? '').trim();
  if (code === '' && title === '') return NO_REASON;
  const [optOut, words] = TELNYX['40300'] as [CarrierErrorClass, string];
  if (OPT_OUT_TITLE.test(title)) return { code: code || 'unknown', class: optOut, words };
  if (code === '40300' && title !== '') return { code, class: 'CONTENT', words: 'The carrier blocked the text.' };
  const known = Object.hasOwn(TELNYX, code) ? TELNYX[code] : undefined;
  if (known) return { code, class: known[0], words: known[1] };
  const told = title === '' ? '' : ` (${title.slice(0, LONGEST_TITLE)})`;
  return {
    code: code || 'unknown',
    class: 'UNKNOWN',
    words: `The carrier reported error ${code || 'unknown'}${told}.`,
  };
}
