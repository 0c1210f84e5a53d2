import type { Doc } from '../_generated/dataModel.js';
import type { MutationCtx } from '../_generated/server.js';

/**
 * What may go: PostgreSQL has it all, and opening a thread brings it back.
 *
 *   threads   stay while they are among the tenant's newest 200, changed or came here within a day, or are being answered
 *   messages  stay while their thread changed, or they came here, within a day
 */
const KEEP_THREADS = 200;
const IDLE_MS = 24 * 60 * 60 * 1000;

/** Rows looked at in one transaction. */
const BATCH = 200;

/**
 * Prunes one batch of the inbox of the first tenant whose id sorts after `after`.
 *
 * @returns where to go on: `after` again while the tenant may have more, the tenant's id when it is done, null at the end
 */
export async function pruneInbox(ctx: MutationCtx, after: string, now: number): Promise<string | null> {
  const first = await ctx.db
    .query('inbox_threads')
    .withIndex('by_tenant_updated', (q) => q.gt('tenantId', after))
    .first();
  if (!first) return null;
  const { tenantId } = first;
  const newest = await ctx.db
    .query('inbox_threads')
    .withIndex('by_tenant_updated', (q) => q.eq('tenantId', tenantId))
    .order('desc')
    .take(KEEP_THREADS);
  const oldestKept = newest.length < KEEP_THREADS ? 0 : (newest.at(-1)?.updatedAt ?? 0);
  const idle = await ctx.db
    .query('inbox_threads')
    .withIndex('by_tenant_updated', (q) =>
      q.eq('tenantId', tenantId).lt('updatedAt', Math.min(oldestKept, now - IDLE_MS)),
    )
    .take(BATCH);
  let pruned = 0;
  for (const thread of idle) {
    if (thread._creationTime < now - IDLE_MS && (await pruneThread(ctx, thread))) pruned += 1;
  }
  // A batch of which nothing could go would be read again for ever; its threads have their turn at the next cron.
  return idle.length === BATCH && pruned > 0 ? after : tenantId;
}

/** Removes a thread's row and its free lock. Tokens begin above the old ones, since they are counted from the clock. */
async function pruneThread(ctx: MutationCtx, thread: Doc<'inbox_threads'>): Promise<boolean> {
  const lock = await ctx.db
    .query('sms_thread_locks')
    .withIndex('by_thread', (q) => q.eq('tenantId', thread.tenantId).eq('threadId', thread.threadId))
    .unique();
  if (lock?.holder) return false;
  if (lock) await ctx.db.delete(lock._id);
  await ctx.db.delete(thread._id);
  return true;
}

/**
 * Prunes one batch of the messages that came here after `after` and more than a day ago.
 *
 * @returns where to go on, null at the end
 */
export async function pruneMessages(ctx: MutationCtx, after: number, now: number): Promise<number | null> {
  const old = await ctx.db
    .query('sms_messages')
    .withIndex('by_creation_time', (q) => q.gt('_creationTime', after).lt('_creationTime', now - IDLE_MS))
    .take(BATCH);
  const idle = new Map<string, boolean>();
  for (const { _id, threadId } of old) {
    let gone = idle.get(threadId);
    if (gone === undefined) {
      const thread = await ctx.db
        .query('inbox_threads')
        .withIndex('by_thread', (q) => q.eq('threadId', threadId))
        .unique();
      gone = !thread || thread.updatedAt < now - IDLE_MS;
      idle.set(threadId, gone);
    }
    if (gone) await ctx.db.delete(_id);
  }
  return old.length === BATCH ? (old.at(-1)?._creationTime ?? null) : null;
}
