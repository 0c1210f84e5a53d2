import { touchThread } from '../messaging/index.ts';
import type { TenantTransaction } from '../platform/database/doors.ts';
import type { FeedEntry } from '../platform/hot/hot-gateway.ts';
import { threadEntry } from '../platform/hot/project.ts';

/** Locks the threads of contacts, in one order. Before the contacts' rows: see the lock order in migration 0002. */
export async function lockThreadsOf(tx: TenantTransaction, contactIds: readonly string[]): Promise<string[]> {
  const rows = await tx.query<{ id: string }>(
    `select t.id from threads t
     where t.tenant_id = $1 and t.channel = 'sms' and t.their_address in (
       select address from contact_addresses where tenant_id = $1 and channel = 'sms' and contact_id = any($2))
     order by t.id for update`,
    [tx.tenantId, contactIds],
  );
  return rows.map(({ id }) => id);
}

/** The threads' new pictures, for the hot tier. */
export async function picturesOf(tx: TenantTransaction, threadIds: readonly string[]): Promise<FeedEntry[]> {
  const entries: FeedEntry[] = [];
  for (const id of threadIds) {
    const picture = await touchThread(tx, id);
    if (picture !== null) entries.push(threadEntry(picture));
  }
  return entries;
}
