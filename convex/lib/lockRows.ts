import { FRESH_LOCK, type LockState } from '@patchline/domain/thread-fence';
import type { Doc } from '../_generated/dataModel.js';
import type { TenantReader, TenantWriter } from './tenantDb.ts';

/** A thread's lock as two rows: who holds it, which all of the team read, and its lease, which is renewed all the time. */
export interface LockRows {
  lock: Doc<'sms_thread_locks'> | null;
  lease: Doc<'thread_lock_leases'> | null;
}

export async function readLockRows(db: TenantReader, tenantId: string, threadId: string): Promise<LockRows> {
  const [lock, lease] = await Promise.all([
    db
      .query('sms_thread_locks')
      .withIndex('by_thread', (q) => q.eq('tenantId', tenantId).eq('threadId', threadId))
      .unique(),
    db
      .query('thread_lock_leases')
      .withIndex('by_thread', (q) => q.eq('tenantId', tenantId).eq('threadId', threadId))
      .unique(),
  ]);
  return { lock, lease };
}

/** The rows in the terms of domain/thread-fence.ts, whose rules decide what may be done with them. */
export function lockState({ lock, lease }: LockRows): LockState {
  if (!lock) return FRESH_LOCK;
  return { holder: lock.holder, token: lock.token, expiresAt: lease?.expiresAt ?? null };
}

/** Writes what changed, and only that: a renewal leaves the lock's own row alone. */
export async function writeLock(
  db: TenantWriter,
  threadId: string,
  { lock, lease }: LockRows,
  next: LockState & { token: number },
  now: number,
): Promise<void> {
  const { holder, token, expiresAt } = next;
  const takenAt = holder === null ? null : now;
  if (!lock) await db.insert('sms_thread_locks', { threadId, holder, token, takenAt, ...(await teamOf(db, threadId)) });
  else if (lock.token !== token || lock.holder?.tabId !== holder?.tabId || lock.holder?.userId !== holder?.userId) {
    const team = lock.teamId === undefined ? await teamOf(db, threadId) : {};
    await db.patch(lock, { holder, token, takenAt, ...team });
  }
  if (expiresAt === null) {
    if (lease) await db.delete(lease);
  } else if (!lease) await db.insert('thread_lock_leases', { threadId, expiresAt });
  else if (lease.expiresAt !== expiresAt) await db.patch(lease, { expiresAt });
}

/** The thread's team, which the lock has too: who may see the one may see the other. The feed keeps the two together. */
async function teamOf(db: TenantReader, threadId: string): Promise<{ teamId?: string | null }> {
  const thread = await db
    .query('inbox_threads')
    .withIndex('by_thread', (q) => q.eq('threadId', threadId))
    .unique();
  return thread?.teamId === undefined ? {} : { teamId: thread.teamId };
}
