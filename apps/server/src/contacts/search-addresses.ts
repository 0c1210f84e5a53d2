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
    and y.address collate "C" >= p.lo and y.address collate "C" < p.hi and ($5::text is null or y.address collate "C" > $5)
    order by y.address collate "C"`;
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
       order by y.address collate "C" limit $9) a
     join contacts c on c.tenant_id = $1 and c.id = a.contact_id
     order by a.address collate "C" limit $9`,
    [...place, filter.type, filter.tag?.toLowerCase() ?? null, filter.ownerId, filter.limit + 1],
  );
  const items = rows.slice(0, filter.limit);
  const last = items.at(-1);
  if (rows.length > filter.limit && last) return { items, next: { word: last.word, id: last.id }, total: null };
  // What lies beyond was not looked at: the next page begins there.
  const end = await tx.first<{ word: string; id: string }>(
    `select e.address as word, e.contact_id as id from unnest($2::text[], $3::text[]) p(lo, hi), lateral (
       select y.address, y.contact_id ${scan} offset ${SCANNED - 1} limit 1) e
     order by e.address collate "C" limit 1`,
    place,
  );
  if (end === null) return { items, next: null, total: null };
  return { items: items.filter(({ word }) => word <= end.word), next: end, total: null };
}
