import {
  type CountryCode,
  getCountryCallingCode,
  isSupportedCountry,
  parsePhoneNumberFromString,
} from 'libphonenumber-js/min';

/**
 * How a reader in `readerRegion` is used to seeing a number: national form when both share a calling code
 * (`(303) 555-0142`), else international (`+44 20 7946 0018`). What cannot be read comes back unchanged, because an address
 * on the screen must never be empty.
 *
 * @param e164 an E.164 number
 * @param readerRegion ISO 3166 country of the reader
 */
export function formatNational(e164: string, readerRegion: string): string {
  const parsed = parsePhoneNumberFromString(e164);
  if (!parsed) return e164;
  const atHome =
    isSupportedCountry(readerRegion as CountryCode) &&
    getCountryCallingCode(readerRegion as CountryCode) === parsed.countryCallingCode;
  return atHome ? parsed.formatNational() : parsed.formatInternational();
}
