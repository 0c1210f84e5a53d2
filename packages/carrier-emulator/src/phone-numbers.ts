/** Telephone numbers as the emulated carriers read them. */

export interface Place {
  city: string;
  state: string;
  zip: string;
  country: string;
}

/** Enough area codes to make pretend people live somewhere; other NANP codes are in the US without a city. */
const AREA_CODES: Record<string, [city: string, state: string, zip: string]> = {
  '202': ['Washington', 'DC', '20001'],
  '206': ['Seattle', 'WA', '98101'],
  '212': ['New York', 'NY', '10001'],
  '213': ['Los Angeles', 'CA', '90012'],
  '214': ['Dallas', 'TX', '75201'],
  '303': ['Denver', 'CO', '80202'],
  '305': ['Miami', 'FL', '33101'],
  '312': ['Chicago', 'IL', '60601'],
  '313': ['Detroit', 'MI', '48226'],
  '404': ['Atlanta', 'GA', '30303'],
  '415': ['San Francisco', 'CA', '94103'],
  '503': ['Portland', 'OR', '97204'],
  '504': ['New Orleans', 'LA', '70112'],
  '505': ['Albuquerque', 'NM', '87102'],
  '512': ['Austin', 'TX', '78701'],
  '602': ['Phoenix', 'AZ', '85003'],
  '612': ['Minneapolis', 'MN', '55401'],
  '615': ['Nashville', 'TN', '37203'],
  '617': ['Boston', 'MA', '02108'],
  '702': ['Las Vegas', 'NV', '89101'],
  '713': ['Houston', 'TX', '77002'],
  '720': ['Denver', 'CO', '80203'],
  '801': ['Salt Lake City', 'UT', '84101'],
  '808': ['Honolulu', 'HI', '96813'],
  '907': ['Anchorage', 'AK', '99501'],
  '919': ['Raleigh', 'NC', '27601'],
  '970': ['Fort Collins', 'CO', '80521'],
};

const COUNTRIES: [prefix: string, country: string][] = [
  ['+44', 'GB'],
  ['+49', 'DE'],
  ['+33', 'FR'],
  ['+34', 'ES'],
  ['+39', 'IT'],
  ['+43', 'AT'],
  ['+52', 'MX'],
  ['+61', 'AU'],
  ['+91', 'IN'],
];

const E164 = /^\+[1-9]\d{6,14}$/;
const NANP = /^\+1[2-9]\d{2}[2-9]\d{6}$/;

/**
 * E.164 from what a caller of the API wrote: "+13035550142", "(303) 555-0142", "1-303-555-0142". National forms are
 * read as North American, as Twilio does for US accounts. Null when it is no telephone number.
 */
export function toE164(input: string): string | null {
  const bare = input.replace(/[\s().-]/g, '');
  let e164 = bare;
  if (/^[2-9]\d{9}$/.test(bare)) e164 = `+1${bare}`;
  else if (/^1[2-9]\d{9}$/.test(bare)) e164 = `+${bare}`;
  if (!E164.test(e164)) return null;
  if (e164.startsWith('+1') && !NANP.test(e164)) return null;
  return e164;
}

/** Short codes are numbers too, for senders. */
export function isShortCode(input: string): boolean {
  return /^\d{5,6}$/.test(input);
}

const TOLL_FREE = /^\+18(?:00|33|44|55|66|77|88)/;

export function isTollFree(e164: string): boolean {
  return TOLL_FREE.test(e164);
}

/** Number type as Telnyx and the compliance tables name it. */
export function numberType(e164: string): 'short-code' | 'toll-free' | 'long-code' {
  return isShortCode(e164) ? 'short-code' : isTollFree(e164) ? 'toll-free' : 'long-code';
}

export function placeOf(e164: string): Place {
  if (e164.startsWith('+1')) {
    const known = AREA_CODES[e164.slice(2, 5)];
    return known
      ? { city: known[0].toUpperCase(), state: known[1], zip: known[2], country: 'US' }
      : { city: '', state: '', zip: '', country: 'US' };
  }
  const country = COUNTRIES.find(([prefix]) => e164.startsWith(prefix))?.[1] ?? '';
  return { city: '', state: '', zip: '', country };
}

/** "(303) 555-0142" for North American numbers, else the number as it is. */
export function formatNumber(e164: string): string {
  const m = /^\+1(\d{3})(\d{3})(\d{4})$/.exec(e164);
  return m ? `(${m[1]}) ${m[2]}-${m[3]}` : e164;
}
