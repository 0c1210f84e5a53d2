import type { HotMessage, HotThread } from '@patchline/contracts/hot-rows';
import { laterStatus } from '@patchline/contracts/message-status';
import { raisedFence } from '@patchline/domain/thread-fence';
import type { MutationCtx } from '../_generated/server.js';

/**
 * Bringing PostgreSQL's rows here. The feed may come twice, late and in any order, so a row replaces only an older version
 * of itself; and whatever a version says, a fence never goes down and a status never goes back.
 *
 * One index read for each row, and one write when it is newer.
 */
export interface Fed {
  applied: number;
  /** Rows that were here already, as new or newer. */
  stale: number;
}

export async function applyRows(ctx: MutationCtx, threads: HotThread[], messages: HotMessage[]): Promise<Fed> {
  const newestThreads = newest(threads, (row) => row.threadId);
  const newestMessages = newest(messages, (row) => row.messageId);
  const results = await Promise.all([
    ...newestThreads.map((row) => applyThread(ctx, row)),
    ...newestMessages.map((row) => applyMessage(ctx, row)),
  ]);
  const applied = results.filter(Boolean).length;
  return { applied, stale: threads.length + messages.length - applied };
}

/** The newest version of each row of a batch; the older ones would only be written to be replaced. */
function newest<Row extends { version: number }>(rows: Row[], id: (row: Row) => string): Row[] {
  const byId = new Map<string, Row>();
  for (const row of rows) {
    const known = byId.get(id(row));
    if (!known || row.version > known.version) byId.set(id(row), row);
  }
  return [...byId.values()];
}

async function applyThread(ctx: MutationCtx, row: HotThread): Promise<boolean> {
  const known = await ctx.db
    .query('inbox_threads')
    .withIndex('by_thread', (q) => q.eq('threadId', row.threadId))
    .unique();
  if (!known) {
    await ctx.db.insert('inbox_threads', row);
    await moveLock(ctx, row);
    return true;
  }
  sameTenant(known, row);
  if (known.version >= row.version) return false;
  await ctx.db.replace(known._id, { ...row, fence: raisedFence(known.fence, row.fence) });
  if (known.teamId !== row.teamId) await moveLock(ctx, row);
  return true;
}

/** A lock is seen by whoever sees its thread. */
async function moveLock(ctx: MutationCtx, { tenantId, threadId, teamId }: HotThread): Promise<void> {
  const lock = await ctx.db
    .query('sms_thread_locks')
    .withIndex('by_thread', (q) => q.eq('tenantId', tenantId).eq('threadId', threadId))
    .unique();
  if (lock && lock.teamId !== teamId) await ctx.db.patch(lock._id, { teamId });
}

async function applyMessage(ctx: MutationCtx, row: HotMessage): Promise<boolean> {
  const known = await ctx.db
    .query('sms_messages')
    .withIndex('by_message', (q) => q.eq('messageId', row.messageId))
    .unique();
  if (!known) {
    await ctx.db.insert('sms_messages', row);
    return true;
  }
  sameTenant(known, row);
  if (known.version >= row.version) return false;
  await ctx.db.replace(known._id, { ...row, status: laterStatus(known.status, row.status) });
  return true;
}

/** Ids are unique across tenants. A feed that says otherwise is wrong, and must not move a row to another tenant. */
function sameTenant(known: { tenantId: string }, row: { tenantId: string }): void {
  if (known.tenantId !== row.tenantId) throw new Error('The feed names another tenant for a row that is here');
}
