import type { TenantTransaction } from '../platform/database/doors.ts';
import type { ContactCursor, FoundContact } from './found-contact.ts';
import { byAddress } from './search-addresses.ts';
import { COUNTED, leadOf, type Term, typeTerm, wordTerm } from './search-terms.ts';
import { byWords, newest } from './search-words.ts';

export interface ContactFilter {
  /** What somebody typed so far. */
  q: string;
  type: 'lead' | 'customer' | null;
  tag: string | null;
  ownerId: string | null;
  after: ContactCursor | null;
  limit: number;
}

export interface ContactPage {
  items: FoundContact[];
  /** Where to go on; also after a page with fewer than were asked for, when nobody has looked through the rest yet. */
  next: ContactCursor | null;
  /** How many there are in all, where that was cheap to know. */
  total: number | null;
}

/** Written like a number, three digits at least. */
const NUMBER_LIKE = /^\+?[\d\s()./-]{3,40}$/;

/**
 * Finds contacts as somebody types: each word typed is the beginning of a word of the name or the company, or all of it the
 * beginning of a phone number or an e-mail address. Accents, case and punctuation do not matter. What a question costs
 * grows with the page and not with the number of contacts: see contact_words in migration 0020.
 *
 * @param callingCode of the country whose numbers are typed without one, digits only
 */
export async function searchContacts(
  tx: TenantTransaction,
  filter: ContactFilter,
  callingCode: string,
): Promise<ContactPage> {
  const text = filter.q.trim();
  if (NUMBER_LIKE.test(text) && text.replace(/\D/g, '').length >= 3) {
    return byAddress(tx, filter, 'sms', numberPrefixes(text, callingCode));
  }
  if (text.includes('@')) return byAddress(tx, filter, 'email', [text.toLowerCase()]);
  const terms = await termsOf(tx, filter, text);
  if (terms === null) return { items: [], next: null, total: 0 };
  if (terms.length === 0) return newest(tx, filter, []);
  const { lead, others, count } = await leadOf(tx, terms, filter.after);
  const page =
    lead.kind === 'type' ? await newest(tx, filter, others) : await byWords(tx, filter, lead, others, count < COUNTED);
  // A word that begins two words of one name is counted twice: only an exact one is told.
  const total = others.length === 0 && lead.kind === 'exact' && count < COUNTED ? count : null;
  const room = filter.limit - page.items.length;
  if (/\s/.test(text) || text === '' || page.next !== null || room <= 0) return { ...page, total };
  // One word that no more names begin with may be the beginning of an e-mail address.
  const mails = await byAddress(tx, { ...filter, after: null, limit: room }, 'email', [text.toLowerCase()]);
  const known = new Set(page.items.map(({ id }) => id));
  return { items: [...page.items, ...mails.items.filter(({ id }) => !known.has(id))], next: null, total: null };
}

/** With and without the calling code of one's own country. */
function numberPrefixes(text: string, callingCode: string): string[] {
  const digits = text.replace(/\D/g, '');
  return text.startsWith('+') ? [`+${digits}`] : [`+${callingCode}${digits}`, `+${digits}`];
}

/** All that a contact must have; null when there is text without a word in it. */
async function termsOf(tx: TenantTransaction, filter: ContactFilter, text: string): Promise<Term[] | null> {
  const words =
    text === '' ? [] : ((await tx.first<{ words: string[] }>('select search_words($1) as words', [text]))?.words ?? []);
  if (text !== '' && words.length === 0) return null;
  return [
    ...(filter.tag === null ? [] : [wordTerm(`#${filter.tag.toLowerCase()}`, 'exact')]),
    ...(filter.ownerId === null ? [] : [wordTerm(`@${filter.ownerId}`, 'exact')]),
    ...words.map((word) => wordTerm(word.slice(0, 200), 'prefix')),
    ...(filter.type === null ? [] : [typeTerm(filter.type)]),
  ];
}
