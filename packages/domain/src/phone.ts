import {
  type CountryCode,
  ParseError,
  parsePhoneNumberWithError,
  validatePhoneNumberLength,
} from 'libphonenumber-js/max';

export { isE164 } from './e164.ts';
// The desk formats numbers with the small metadata; it imports phone-format.ts and leaves the large one out of its bundle.
export { formatNational } from './phone-format.ts';

/** Why a text is not a phone number that can be texted. */
export type PhoneProblem =
  | 'empty'
  | 'malformed'
  | 'unknown_country'
  | 'too_short'
  | 'too_long'
  | 'not_in_use'
  | 'has_extension'
  | 'premium_rate';

export type PhoneResult =
  | {
      ok: true;
      e164: string;
      /** ISO 3166 country, or null where a calling code is shared and the number does not say which. */
      region: string | null;
      /** libphonenumber's type in lower case, such as `fixed_line_or_mobile` or `toll_free`. */
      type: string;
    }
  | { ok: false; reason: PhoneProblem };

/** No number in the world has more; longer input is not worth parsing. */
const LONGEST_INPUT = 64;

/**
 * A North American number by its shape alone: area code and exchange begin with 2 to 9.
 * libphonenumber knows the area codes that were open when its metadata was made, so an overlay opened since, and the area
 * code 555, are "possible" to it but not "valid". A customer with a new number must be reachable, and 555-01xx numbers are
 * what demonstrations and the carrier emulator use, so the shape is enough here and the carrier has the last word (21211).
 */
const NANP_SHAPE = /^\+1[2-9]\d{2}[2-9]\d{6}$/;

/** Ten digits of the North American plan as they are usually written, with or without the country's 1. */
const NANP_WRITTEN = /^(?:\+?1[\s.-]?)?(?:\(([2-9]\d{2})\)|([2-9]\d{2}))[\s.-]?([2-9]\d{2})[\s.-]?(\d{4})$/;

/** Area code of premium-rate numbers. */
const PREMIUM_AREA = '900';

/**
 * The E.164 form of a number of the North American plan in one of the usual forms; null for anything else, which says nothing
 * about it. Agrees with parsePhone, which takes ten times as long: files hold a million of them.
 */
export function quickNanp(input: string): string | null {
  const [, bracketed, bare, exchange, line] = NANP_WRITTEN.exec(input) ?? [];
  const area = bracketed ?? bare;
  return area === undefined || area === PREMIUM_AREA ? null : `+1${area}${exchange}${line}`;
}

/**
 * Reads a phone number as people write it and normalises it to E.164.
 *
 * @param input what was typed or received; surrounding text is not tolerated, punctuation and full-width digits are
 * @param defaultRegion ISO 3166 country in which a number without a calling code is read, such as `US`
 */
export function parsePhone(input: string, defaultRegion: string): PhoneResult {
  const text = input.trim();
  if (text === '') return { ok: false, reason: 'empty' };
  if (text.length > LONGEST_INPUT) return { ok: false, reason: 'too_long' };
  try {
    const parsed = parsePhoneNumberWithError(text, { defaultCountry: defaultRegion as CountryCode, extract: false });
    if (parsed.ext) return { ok: false, reason: 'has_extension' };
    const valid = parsed.isValid();
    if (!valid && !NANP_SHAPE.test(parsed.number)) {
      return { ok: false, reason: lengthProblem(validatePhoneNumberLength(parsed.number)) };
    }
    const type = parsed.getType();
    if (type === 'PREMIUM_RATE') return { ok: false, reason: 'premium_rate' };
    return { ok: true, e164: parsed.number, region: parsed.country ?? null, type: type?.toLowerCase() ?? 'unknown' };
  } catch (error) {
    if (error instanceof ParseError) return { ok: false, reason: parseProblem(error.message) };
    throw error;
  }
}

function lengthProblem(length: string | undefined): PhoneProblem {
  if (length === 'TOO_SHORT') return 'too_short';
  if (length === 'TOO_LONG') return 'too_long';
  return length === undefined ? 'not_in_use' : 'malformed';
}

function parseProblem(code: string): PhoneProblem {
  if (code === 'INVALID_COUNTRY') return 'unknown_country';
  if (code === 'TOO_SHORT') return 'too_short';
  if (code === 'TOO_LONG') return 'too_long';
  return 'malformed';
}
