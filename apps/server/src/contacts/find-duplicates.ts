import type { TenantTransaction } from '../platform/database/doors.ts';
import { FOUND, type FoundContact } from './found-contact.ts';
import { MOST_MERGED } from './merge-contacts.ts';

export interface Duplicates {
  contacts: FoundContact[];
  /** In words, why they may be one. */
  why: string;
}

const GROUPS_A_PAGE = 20;

/**
 * Contacts that may be the same person or company: those of one name. Two contacts never share a number or an e-mail
 * address, so that alone cannot make a duplicate. `after`: the name after which to go on.
 */
export async function findDuplicates(
  tx: TenantTransaction,
  after: string,
): Promise<{ groups: Duplicates[]; next: string | null }> {
  const names = await tx.query<{ name_key: string }>(
    `select name_key from contacts
     where tenant_id = $1 and name_key > $2 and name_key is not null and deleted_at is null and merged_into is null
     group by name_key having count(*) > 1 order by name_key limit ${GROUPS_A_PAGE + 1}`,
    [tx.tenantId, after],
  );
  const page = names.slice(0, GROUPS_A_PAGE).map(({ name_key: name }) => name);
  const rows = await tx.query<FoundContact & { key: string }>(
    `select n.key, c.* from unnest($2::text[]) n(key), lateral (
       select ${FOUND} from contacts c
       where c.tenant_id = $1 and c.name_key = n.key and c.deleted_at is null and c.merged_into is null
       order by c.id limit ${MOST_MERGED}) c`,
    [tx.tenantId, page],
  );
  const groups = page.map((name) => {
    const contacts = rows.filter(({ key }) => key === name);
    const companies = new Set(contacts.map(({ company }) => company?.toLowerCase() ?? ''));
    const same = companies.size === 1 && !companies.has('');
    return { contacts, why: same ? 'The same name and company' : 'The same name' };
  });
  return { groups, next: names.length > GROUPS_A_PAGE ? (page.at(-1) ?? null) : null };
}
