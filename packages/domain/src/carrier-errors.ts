/**
 * Twilio's error codes as our small set. The class decides what happens next; the words are what an agent reads.
 * Source: Twilio's error and warning dictionary, codes that a send or a status callback can carry.
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
  if (code === null || code === undefined || code === '') {
    return { code: 'unknown', class: 'UNKNOWN', words: 'The carrier could not deliver the text and gave no reason.' };
  }
  const known = TWILIO[Number(code)];
  if (known) return { code: String(code), class: known[0], words: known[1] };
  return { code: String(code), class: 'UNKNOWN', words: `The carrier reported error ${code}.` };
}
