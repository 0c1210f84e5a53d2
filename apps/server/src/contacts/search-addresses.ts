import type { TenantTransaction } from '../platform/database/doors.ts';
import { endOfPrefix, FOUND, type FoundContact } from './found-contact.ts';
import type { ContactFilter, ContactPage } from './search-contacts.ts';

/** Addresses looked at for one page at most, when only some contacts are wanted. */
const SCANNED = 4_000;

/** The contacts with a number or e-mail address that begins so, in the order of addresses. */
export async function byAddress(
  tx: TenantTransaction,
  filter: ContactFilter,
  channel: 'sms' | 'email',
  prefixes: readonly string[],
): Promise<ContactPage> {
  const scan = `from contact_addresses y where y.tenant_id = $1 and y.channel = $4
    and y.address >= p.lo and y.address < p.hi and starts_with(y.address, p.lo) and ($5::text is null or y.address > $5)
    order by y.address`;
  const place = [tx.tenantId, prefixes, prefixes.map(endOfPrefix), channel, filter.after?.word ?? null];
  const rows = await tx.query<FoundContact & { word: string }>(
    `select a.address as word, ${FOUND}
     from unnest($2::text[], $3::text[]) p(lo, hi), lateral (
       select y.address, y.contact_id from (select y.address, y.contact_id ${scan} limit ${SCANNED}) y
       join contacts z on z.tenant_id = $1 and z.id = y.contact_id
       where z.deleted_at is null and z.merged_into is null
         and ($6::text is null or z.type = $6)
         and ($7::text is null or '#' || $7 = any(z.words))
         and ($8::uuid is null or z.owner_id = $8)
       order by y.address limit $9) a
     join contacts c on c.tenant_id = $1 and c.id = a.contact_id
     order by a.address limit $9`,
    [...place, filter.type, filter.tag?.toLowerCase() ?? null, filter.ownerId, filter.limit + 1],
  );
  const items = rows.slice(0, filter.limit);
  const last = items.at(-1);
  if (rows.length > filter.limit && last) return { items, next: { word: last.word, id: last.id }, total: null };
  // What lies beyond was not looked at: the next page begins there.
  const end = await tx.first<{ word: string; id: string; before: string[] }>(
    `select e.address as word, e.contact_id as id, array(select x from unnest($6::text[]) x where x <= e.address) as before
     from unnest($2::text[], $3::text[]) p(lo, hi), lateral (
       select y.address, y.contact_id ${scan} offset ${SCANNED - 1} limit 1) e
     order by e.address limit 1`,
    [...place, items.map(({ word }) => word)],
  );
  if (end === null) return { items, next: null, total: null };
  const { before, ...next } = end;
  return { items: items.filter(({ word }) => before.includes(word)), next, total: null };
}
