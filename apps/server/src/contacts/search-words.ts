import type { TenantTransaction } from '../platform/database/doors.ts';
import { FOUND, type FoundContact } from './found-contact.ts';
import type { ContactFilter, ContactPage } from './search-contacts.ts';
import { SCANNED, type Term } from './search-terms.ts';

/** Whether a contact has a word in each of several ranges, from its own row: slower than from its line. */
const hasAll = (lo: string, hi: string) => `not exists (
  select 1 from unnest(${lo}::text[], ${hi}::text[]) t(lo, hi) where not exists (
    select 1 from unnest(c.words) x where left(x, 200) collate "C" >= t.lo and left(x, 200) collate "C" < t.hi))`;

/**
 * The contacts of one term that have all others too: goes through the words of the first in their order, and reads the others
 * from their lines.
 *
 * @param few whether all of it is less than is scanned for a page
 */
export async function byWords(
  tx: TenantTransaction,
  filter: ContactFilter,
  lead: Term,
  others: readonly Term[],
  few: boolean,
): Promise<ContactPage> {
  const words = others.filter(({ kind }) => kind !== 'type');
  // Of a tag or an owner the newest come first; of words typed, the alphabet decides.
  const [order, beyond] = lead.kind === 'exact' ? ['desc', '<'] : ['asc', '>'];
  const scan = `from contact_words w where w.tenant_id = $1 and w.word >= $2 and w.word < $3
    and ($4::text is null or (w.word, w.contact_id) ${beyond} ($4, $5::uuid))
    order by w.word ${order}, w.contact_id ${order}`;
  const place = [tx.tenantId, lead.lo, lead.hi, filter.after?.word ?? null, filter.after?.id ?? null];
  const needles = others.map(({ needle }) => needle);
  const inLine = ['true', ...needles.map((_, i) => `strpos(w.line, $${i + 10}) > 0`)];
  if (lead.kind === 'prefix') {
    // Found by the first of its words in the range, and not again by the next: a line's words are in order.
    needles.push(lead.needle);
    inLine.push(`strpos(w.line, $${needles.length + 9}) = strpos(w.line, e'\\x1f' || w.word || e'\\x1f')`);
  }
  const rows = await tx.query<FoundContact & { word: string }>(
    `select f.word, ${FOUND} from (
       select w.word, w.contact_id from (select w.word, w.contact_id, w.line ${scan} limit ${SCANNED}) w
       where case when w.line <> '' then ${inLine.join(' and ')} else exists (
         select 1 from contacts c where c.tenant_id = $1 and c.id = w.contact_id and ($6::text is null or c.type = $6)
           and ${hasAll('$7', '$8')}
           and not exists (
             select 1 from unnest(c.words) x where left(x, 200) collate "C" >= $2 and left(x, 200) collate "C" < w.word)) end
       order by w.word ${order}, w.contact_id ${order} limit $9) f
     join contacts c on c.tenant_id = $1 and c.id = f.contact_id
     order by f.word ${order}, f.contact_id ${order}`,
    [...place, filter.type, words.map(({ lo }) => lo), words.map(({ hi }) => hi), filter.limit + 1, ...needles],
  );
  const items = rows.slice(0, filter.limit);
  const last = items.at(-1);
  if (rows.length > filter.limit && last) return { items, next: { word: last.word, id: last.id }, total: null };
  if (few) return { items, next: null, total: null };
  const end = await tx.first<{ word: string; id: string }>(
    `select w.word, w.contact_id as id ${scan} offset ${SCANNED - 1} limit 1`,
    place,
  );
  return { items, next: end, total: null };
}

/** The newest contacts, of one type or of all, that have all the words. */
export async function newest(
  tx: TenantTransaction,
  filter: ContactFilter,
  others: readonly Term[],
): Promise<ContactPage> {
  const rows = await tx.query<FoundContact>(
    `select ${FOUND} from contacts c
     where c.tenant_id = $1 and ($2::uuid is null or c.id < $2) ${filter.type === null ? '' : 'and c.type = $4'}
       and c.deleted_at is null and c.merged_into is null
       ${others.length === 0 ? '' : `and ${hasAll('$5', '$6')}`}
     order by c.id desc limit $3`,
    [
      tx.tenantId,
      filter.after?.id ?? null,
      filter.limit + 1,
      ...(filter.type === null ? [] : [filter.type]),
      ...(others.length === 0 ? [] : [others.map(({ lo }) => lo), others.map(({ hi }) => hi)]),
    ],
  );
  const items = rows.slice(0, filter.limit);
  const last = items.at(-1);
  return { items, next: rows.length > filter.limit && last ? { word: '', id: last.id } : null, total: null };
}
