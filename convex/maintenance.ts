import { v } from 'convex/values';
import { internal } from './_generated/api.js';
import { internalMutation } from './_generated/server.js';
import { serviceQuery } from './lib/functions.ts';
import { expire } from './lib/locking.ts';
import { pruneInbox, pruneMessages } from './lib/pruning.ts';
import { tenantWriter } from './lib/tenantDb.ts';

/** Keeping the hot tier small, and freeing what an appointment missed. Each run is bounded and books the next. */

const BATCH = 200;

/**
 * Frees leases and typing marks that ran out and are still here. Appointments do this to the moment; the sweep is for
 * those that a lost hot tier took with it.
 */
export const sweep = internalMutation({
  args: {},
  returns: v.object({ swept: v.number() }),
  handler: async (ctx) => {
    const now = Date.now();
    const leases = await ctx.db
      .query('thread_lock_leases')
      .withIndex('by_expiry', (q) => q.lte('expiresAt', now))
      .take(BATCH);
    for (const { _id, tenantId, threadId } of leases) {
      const lock = await ctx.db
        .query('sms_thread_locks')
        .withIndex('by_thread', (q) => q.eq('tenantId', tenantId).eq('threadId', threadId))
        .unique();
      if (lock?.holder) {
        const db = tenantWriter(ctx.db, tenantId);
        await expire({ tenantId, db, scheduler: ctx.scheduler }, threadId, lock.token);
      } else await ctx.db.delete(_id);
    }
    const typing = await ctx.db
      .query('thread_typing')
      .withIndex('by_expiry', (q) => q.lte('expiresAt', now))
      .take(BATCH);
    for (const { _id } of typing) await ctx.db.delete(_id);
    if (leases.length === BATCH || typing.length === BATCH) {
      await ctx.scheduler.runAfter(0, internal.maintenance.sweep, {});
    }
    return { swept: leases.length + typing.length };
  },
});

/** Begins both walks of pruning. */
export const prune = internalMutation({
  args: {},
  returns: v.null(),
  handler: async (ctx) => {
    await ctx.scheduler.runAfter(0, internal.maintenance.pruneTenant, { after: '' });
    await ctx.scheduler.runAfter(0, internal.maintenance.pruneOldMessages, { after: 0 });
    return null;
  },
});

/** Prunes the inbox of the first tenant after `after`, until it needs no more, then goes on to the next tenant. */
export const pruneTenant = internalMutation({
  args: { after: v.string() },
  returns: v.null(),
  handler: async (ctx, { after }) => {
    const next = await pruneInbox(ctx, after, Date.now());
    if (next !== null) await ctx.scheduler.runAfter(0, internal.maintenance.pruneTenant, { after: next });
    return null;
  },
});

/** Prunes messages in the order in which they came here, beginning after `after` (Unix milliseconds). */
export const pruneOldMessages = internalMutation({
  args: { after: v.number() },
  returns: v.null(),
  handler: async (ctx, { after }) => {
    const next = await pruneMessages(ctx, after, Date.now());
    if (next !== null) await ctx.scheduler.runAfter(0, internal.maintenance.pruneOldMessages, { after: next });
    return null;
  },
});

/** How many rows a tenant has here, for tests and for looking into trouble. Reads them all: not for every minute. */
export const counts = serviceQuery({
  args: { tenantId: v.string() },
  returns: v.object({ threads: v.number(), messages: v.number(), locks: v.number(), typing: v.number() }),
  handler: async (ctx, { tenantId }) => {
    const [threads, messages, locks, typing] = await Promise.all([
      ctx.db
        .query('inbox_threads')
        .withIndex('by_tenant_updated', (q) => q.eq('tenantId', tenantId))
        .collect(),
      ctx.db
        .query('sms_messages')
        .withIndex('by_thread_seq', (q) => q.eq('tenantId', tenantId))
        .collect(),
      ctx.db
        .query('sms_thread_locks')
        .withIndex('by_tenant_held', (q) => q.eq('tenantId', tenantId).gt('takenAt', null))
        .collect(),
      ctx.db
        .query('thread_typing')
        .withIndex('by_thread_user', (q) => q.eq('tenantId', tenantId))
        .collect(),
    ]);
    return { threads: threads.length, messages: messages.length, locks: locks.length, typing: typing.length };
  },
});
