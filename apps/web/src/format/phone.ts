import { formatNational } from '@patchline/domain/phone-format';

/** The country whose way of writing numbers the reader is used to: the browser's, else the United States. */
const READER_REGION = new Intl.Locale(navigator.language).maximize().region ?? 'US';

/** A number as people write it: national where reader and number share a calling code, else international. */
export function phone(e164: string): string {
  return formatNational(e164, READER_REGION);
}

/** What to call somebody: the name, or the number when there is none. */
export function callName(contact: { name: string | null; address: string }): string {
  return contact.name?.trim() || phone(contact.address);
}

/** The country a number without a calling code is read in. */
export function readerRegion(): string {
  return READER_REGION;
}
