import type { TenantTransaction } from '../platform/database/doors.ts';
import { type ContactCursor, endOfPrefix, FOUND, type FoundContact } from './found-contact.ts';

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
  next: ContactCursor | null;
  /** How many there are in all, where that was cheap to know. */
  total: number | null;
}

/** A range of words: all that begin with something, or one alone. */
interface Term {
  lo: string;
  hi: string;
  exact: boolean;
}

/** Counted no further: what is rarer leads, and a contact's other words are looked at one by one. */
const COUNTED = 2_000;

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
  const [first, ...others] = terms.terms;
  if (first === undefined) return newest(tx, filter);
  const page = await byWords(tx, filter, first, others);
  const room = filter.limit - page.items.length;
  if (/\s/.test(text) || text === '' || page.next !== null || room <= 0) return { ...page, total: terms.total };
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

/** The terms of a search, the rarest first; null when there is text without a word in it. */
async function termsOf(
  tx: TenantTransaction,
  filter: ContactFilter,
  text: string,
): Promise<{ terms: Term[]; total: number | null } | null> {
  const exact = [
    ...(filter.tag === null ? [] : [`#${filter.tag.toLowerCase()}`]),
    ...(filter.ownerId === null ? [] : [`@${filter.ownerId}`]),
  ].map((word): Term => ({ lo: word, hi: `${word}\u0001`, exact: true }));
  const words =
    text === '' ? [] : ((await tx.first<{ words: string[] }>('select search_words($1) as words', [text]))?.words ?? []);
  if (text !== '' && words.length === 0) return null;
  const terms = [...exact, ...words.map((word): Term => ({ lo: word, hi: endOfPrefix(word), exact: false }))];
  if (terms.length < 2 && (filter.type !== null || terms.length === 0)) return { terms, total: null };
  const counts = await tx.query<{ n: number }>(
    `select (select count(*)::int from (
       select 1 from contact_words w where w.tenant_id = $1 and w.word >= t.lo and w.word < t.hi limit ${COUNTED}) s) as n
     from unnest($2::text[], $3::text[]) with ordinality t(lo, hi, place) order by t.place`,
    [tx.tenantId, terms.map(({ lo }) => lo), terms.map(({ hi }) => hi)],
  );
  const counted = terms.map((term, i) => ({ term, n: counts[i]?.n ?? 0 })).toSorted((a, b) => a.n - b.n);
  // A word that begins two words of one name is counted twice: only an exact one is told.
  const [only] = counted;
  const total = counted.length === 1 && only?.term.exact && only.n < COUNTED ? only.n : null;
  return { terms: counted.map(({ term }) => term), total };
}

async function byWords(
  tx: TenantTransaction,
  filter: ContactFilter,
  first: Term,
  others: Term[],
): Promise<ContactPage> {
  // Of a tag or an owner the newest come first; of words typed, the alphabet decides.
  const [order, beyond] = first.exact ? ['desc', '<'] : ['asc', '>'];
  const rows = await tx.query<FoundContact & { word: string }>(
    `select w.word, ${FOUND} from contact_words w join contacts c on c.tenant_id = w.tenant_id and c.id = w.contact_id
     where w.tenant_id = $1 and w.word >= $2 and w.word < $3
       and ($4::text is null or (w.word, w.contact_id) ${beyond} ($4, $5::uuid))
       and ($6::text is null or c.type = $6)
       and not exists (
         select 1 from unnest($7::text[], $8::text[]) t(lo, hi) where not exists (
           select 1 from unnest(c.words) x where x collate "C" >= t.lo and x collate "C" < t.hi))
       -- Found by the first of its words in the range, and not again by the next.
       and not exists (select 1 from unnest(c.words) x where x collate "C" >= $2 and x collate "C" < w.word)
     order by w.word ${order}, w.contact_id ${order} limit $9`,
    [
      tx.tenantId,
      first.lo,
      first.hi,
      filter.after?.word ?? null,
      filter.after?.id ?? null,
      filter.type,
      others.map(({ lo }) => lo),
      others.map(({ hi }) => hi),
      filter.limit + 1,
    ],
  );
  const items = rows.slice(0, filter.limit);
  const last = items.at(-1);
  return { items, next: rows.length > filter.limit && last ? { word: last.word, id: last.id } : null, total: null };
}

async function byAddress(
  tx: TenantTransaction,
  filter: ContactFilter,
  channel: 'sms' | 'email',
  prefixes: readonly string[],
): Promise<ContactPage> {
  const rows = await tx.query<FoundContact & { word: string }>(
    `select a.address as word, ${FOUND}
     from unnest($2::text[], $3::text[]) p(lo, hi), lateral (
       select y.address, y.contact_id from contact_addresses y join contacts z on z.tenant_id = y.tenant_id and z.id = y.contact_id
       where y.tenant_id = $1 and y.channel = $4 and y.address >= p.lo and y.address < p.hi and starts_with(y.address, p.lo)
         and ($5::text is null or y.address > $5)
         and z.deleted_at is null and z.merged_into is null
         and ($6::text is null or z.type = $6)
         and ($7::text is null or '#' || $7 = any(z.words))
         and ($8::uuid is null or z.owner_id = $8)
       order by y.address limit $9) a
     join contacts c on c.tenant_id = $1 and c.id = a.contact_id
     order by a.address limit $9`,
    [
      tx.tenantId,
      prefixes,
      prefixes.map(endOfPrefix),
      channel,
      filter.after?.word ?? null,
      filter.type,
      filter.tag?.toLowerCase() ?? null,
      filter.ownerId,
      filter.limit + 1,
    ],
  );
  const items = rows.slice(0, filter.limit);
  const last = items.at(-1);
  return { items, next: rows.length > filter.limit && last ? { word: last.word, id: last.id } : null, total: null };
}

async function newest(tx: TenantTransaction, filter: ContactFilter): Promise<ContactPage> {
  const rows = await tx.query<FoundContact>(
    `select ${FOUND} from contacts c
     where c.tenant_id = $1 and ($2::uuid is null or c.id < $2) and ($3::text is null or c.type = $3)
       and c.deleted_at is null and c.merged_into is null
     order by c.id desc limit $4`,
    [tx.tenantId, filter.after?.id ?? null, filter.type, filter.limit + 1],
  );
  const items = rows.slice(0, filter.limit);
  const last = items.at(-1);
  return { items, next: rows.length > filter.limit && last ? { word: '', id: last.id } : null, total: null };
}
