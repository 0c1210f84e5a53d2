/**
 * Everything the contact policy may know about one message. Plain JSON, because the facts are stored with the decision and
 * replayed from there. It holds the length of the text and not the text, so that erasing a message erases it once.
 */
export interface PolicyFacts {
  /** Unix milliseconds at which the decision is made. */
  now: number;
  /** The tenant's IANA time zone, for dates in sentences. */
  timeZone: string;
  /**
   * `conversation` is a person answering a person. `confirmation` is the one text that confirms a STOP: it must pass the
   * flag that the STOP has just set. `automatic` is what a number answers by itself.
   */
  lane: 'conversation' | 'confirmation' | 'automatic';
  recipient: RecipientFacts;
  sender: SenderFacts;
  body: BodyFacts;
}

export interface RecipientFacts {
  /** As it would be given to the carrier. */
  address: string;
  /** Whether it is a number of this tenant: texting ourselves is a loop. */
  isOurs: boolean;
  /** Set once the carrier said that the number cannot be texted at all. */
  unreachable: { at: number; code: string; words: string } | null;
  /** The do-not-contact flag for texts, null when there never was one. */
  dncSms: FlagFacts | null;
}

export interface FlagFacts {
  set: boolean;
  source: FlagSource;
  /** Unix milliseconds of the last change. */
  at: number;
  /** What was said or typed when it was changed. */
  reason: string | null;
}

export type FlagSource = 'keyword' | 'agent' | 'import' | 'api' | 'carrier_error' | 'voicemail' | 'web_form';

export interface SenderFacts {
  /** Our number, E.164, or null when the tenant has none to send from. */
  address: string | null;
  status: 'active' | 'suspended' | 'released' | 'unknown';
}

export interface BodyFacts {
  /** UTF-16 units, as JavaScript counts and as the 1,600 of the carriers is meant. */
  length: number;
  /** Whether nothing would be seen: only white space, and no picture. */
  blank: boolean;
}

/** The facts of a text, without the text. `media`: how many pictures or files go with it. */
export function bodyFacts(body: string, media = 0): BodyFacts {
  return { length: body.length, blank: body.trim() === '' && media === 0 };
}
