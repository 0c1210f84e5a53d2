import type { HotThread } from '@patchline/contracts/hot-rows';
import type { TenantTransaction } from '../platform/database/doors.ts';
import { projectThread, type ThreadFacts } from '../platform/hot/project.ts';

const THREAD_FACTS = `
  select t.id as thread_id, v.id as conversation_id, t.version, t.fence, t.last_seq, c.id as contact_id,
    c.name as contact_name, t.their_address, t.our_address, t.unread, v.status as conversation_status,
    v.last_message_id, v.last_message_snippet, v.last_message_direction, v.last_message_status, v.last_message_at,
    coalesce(d.is_set, false) as sms_off, n.team_id, now() as changed_at
  from threads t
  left join numbers n on n.tenant_id = t.tenant_id and n.e164 = t.our_address
  join conversations v on v.tenant_id = t.tenant_id and v.id = t.conversation_id
  join contacts c on c.tenant_id = v.tenant_id and c.id = v.contact_id
  left join dnc_flags d on d.tenant_id = t.tenant_id and d.channel = 'sms' and d.address = t.their_address
  where t.tenant_id = $1 and t.id = any($2::uuid[])`;

/** The hot tier's picture of a thread as it stands now, or null when there is no such thread. */
export async function readHotThread(tx: TenantTransaction, threadId: string): Promise<HotThread | null> {
  const facts = await tx.first<ThreadFacts>(THREAD_FACTS, [tx.tenantId, [threadId]]);
  return facts === null ? null : projectThread(tx.tenantId, facts);
}

/**
 * Raises the version of a thread whose picture changed and returns the new picture. The caller has the thread's row
 * locked, or takes the lock by this.
 */
export async function touchThread(tx: TenantTransaction, threadId: string): Promise<HotThread | null> {
  await tx.query('update threads set version = version + 1 where tenant_id = $1 and id = $2', [tx.tenantId, threadId]);
  return readHotThread(tx, threadId);
}

/**
 * Raises the versions of threads whose pictures changed in something that is not news, and returns the new pictures. They
 * keep the place that their last text gave them in the inbox.
 */
export async function redrawnThreads(tx: TenantTransaction, threadIds: readonly string[]): Promise<HotThread[]> {
  if (threadIds.length === 0) return [];
  await tx.query(
    `update threads set version = version + 1 where tenant_id = $1 and id in (
       select id from threads where tenant_id = $1 and id = any($2::uuid[]) order by id for update)`,
    [tx.tenantId, threadIds],
  );
  const facts = await tx.query<ThreadFacts>(THREAD_FACTS, [tx.tenantId, threadIds]);
  return facts.map((row) => projectThread(tx.tenantId, { ...row, changed_at: row.last_message_at }));
}

/** Locks the thread's row until the transaction ends. False when there is no such thread in this tenant. */
export async function lockThread(tx: TenantTransaction, threadId: string): Promise<boolean> {
  const row = await tx.first('select 1 from threads where tenant_id = $1 and id = $2 for update', [
    tx.tenantId,
    threadId,
  ]);
  return row !== null;
}
