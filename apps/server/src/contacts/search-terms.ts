import type { TenantTransaction } from '../platform/database/doors.ts';
import { type ContactCursor, endOfPrefix } from './found-contact.ts';

/** One of the things that a contact must have. */
export interface Term {
  /** A word that begins so, one that is so, or its type. */
  kind: 'prefix' | 'exact' | 'type';
  /** The words from here until before `hi`. */
  lo: string;
  hi: string;
  /** What then stands in its line: see contact_line() in migration 0020. */
  needle: string;
}

/** Between the words of a line. */
const SEPARATOR = '\u001f';

/**
 * Counted no further: the rarest leads, and the others are looked for in the lines of those. What more have than this leads
 * to a full page before SCANNED lines are read, unless hardly anybody has both.
 */
export const COUNTED = 5_000;

/** Lines read for one page at most. */
export const SCANNED = 12_000;

export function wordTerm(word: string, kind: 'prefix' | 'exact'): Term {
  return kind === 'exact'
    ? { kind, lo: word, hi: `${word}\u0001`, needle: SEPARATOR + word + SEPARATOR }
    : { kind, lo: word, hi: endOfPrefix(word), needle: SEPARATOR + word };
}

export function typeTerm(type: string): Term {
  return { kind: 'type', lo: type, hi: '', needle: `${SEPARATOR}=${type}${SEPARATOR}` };
}

/** Which of several terms to go through, and how many there are, counted up to COUNTED. */
export async function leadOf(
  tx: TenantTransaction,
  terms: readonly Term[],
  after: ContactCursor | null,
): Promise<{ lead: Term; others: Term[]; count: number }> {
  const counts = await countsOf(tx, terms);
  const counted = terms.map((term, i) => ({ term, count: counts[i] ?? COUNTED })).toSorted((a, b) => a.count - b.count);
  // A list goes on by the term that it began with, whatever has become more frequent since.
  const begun = after === null ? undefined : counted.find(({ term }) => within(term, after.word));
  const { term: lead, count } = begun ?? (counted[0] as { term: Term; count: number });
  return { lead, count, others: counted.map(({ term }) => term).filter((term) => term !== lead) };
}

function within(term: Term, word: string): boolean {
  if (term.kind === 'type') return word === '';
  return term.kind === 'exact' ? word === term.lo : word.startsWith(term.lo);
}

async function countsOf(tx: TenantTransaction, terms: readonly Term[]): Promise<number[]> {
  const [only, ...more] = terms;
  if (more.length === 0 && only?.kind !== 'exact') return [];
  const rows = await tx.query<{ n: number }>(
    `select case when t.type then (select count(*)::int from (
         select 1 from contacts c where c.tenant_id = $1 and c.type = t.lo and c.deleted_at is null and c.merged_into is null
         limit ${COUNTED}) s)
       else (select count(*)::int from (
         select 1 from contact_words w where w.tenant_id = $1 and w.word >= t.lo and w.word < t.hi limit ${COUNTED}) s)
       end as n
     from unnest($2::text[], $3::text[], $4::bool[]) with ordinality t(lo, hi, type, place) order by t.place`,
    [tx.tenantId, terms.map(({ lo }) => lo), terms.map(({ hi }) => hi), terms.map(({ kind }) => kind === 'type')],
  );
  return rows.map(({ n }) => n);
}
