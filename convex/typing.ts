import { TYPING_MS } from '@patchline/contracts/locks';
import { v } from 'convex/values';
import { internal } from './_generated/api.js';
import { internalMutation } from './_generated/server.js';
import { tenantMutation, tenantQuery } from './lib/functions.ts';
import type { TenantReader } from './lib/tenantDb.ts';
import { seenThread, sees } from './lib/visibility.ts';

/** "Ana is typing": a row that goes away by itself. Clients say it again while keys are pressed. */

/** Said again within this time it is not written again, in milliseconds: a key press must not be a write. */
const FRESH_MS = TYPING_MS / 2;

/** More people than type in one thread. */
const MOST = 20;

/** Who is typing in a thread, until when. */
export const forThread = tenantQuery({
  args: { threadId: v.string() },
  returns: v.object({
    typing: v.array(v.object({ userId: v.string(), name: v.string(), expiresAt: v.number() })),
  }),
  handler: async ({ db, caller }, { threadId }) => {
    const rows = await db
      .query('thread_typing')
      .withIndex('by_thread_user', (q) => q.eq('tenantId', caller.tenantId).eq('threadId', threadId))
      .take(MOST);
    const seen = rows.filter((row) => sees(caller, row));
    return { typing: seen.map(({ userId, name, expiresAt }) => ({ userId, name, expiresAt })) };
  },
});

/** Says that the caller types. In a thread that is not loaded nobody looks, and nothing is written. */
export const set = tenantMutation({
  args: { threadId: v.string() },
  returns: v.null(),
  handler: async ({ db, caller, scheduler }, { threadId }) => {
    const { tenantId, userId, name } = caller;
    const now = Date.now();
    const expiresAt = now + TYPING_MS;
    const row = await rowOf(db, tenantId, threadId, userId);
    if (row) {
      if (row.expiresAt - now < TYPING_MS - FRESH_MS) await db.patch(row, { expiresAt });
      return null;
    }
    const thread = await seenThread(db, caller, threadId);
    if (!thread) return null;
    const id = await db.insert('thread_typing', { threadId, userId, name, expiresAt, teamId: thread.teamId });
    await scheduler.runAt(expiresAt, internal.typing.expire, { id });
    return null;
  },
});

/** Says that the caller stopped, or sent. */
export const clear = tenantMutation({
  args: { threadId: v.string() },
  returns: v.null(),
  handler: async ({ db, caller }, { threadId }) => {
    const row = await rowOf(db, caller.tenantId, threadId, caller.userId);
    if (row) await db.delete(row);
    return null;
  },
});

/** The appointment that each row makes for its end, and moves while it is renewed. */
export const expire = internalMutation({
  args: { id: v.id('thread_typing') },
  returns: v.null(),
  handler: async (ctx, { id }) => {
    const row = await ctx.db.get(id);
    if (!row) return null;
    if (row.expiresAt <= Date.now()) await ctx.db.delete(id);
    else await ctx.scheduler.runAt(row.expiresAt, internal.typing.expire, { id });
    return null;
  },
});

function rowOf(db: TenantReader, tenantId: string, threadId: string, userId: string) {
  return db
    .query('thread_typing')
    .withIndex('by_thread_user', (q) => q.eq('tenantId', tenantId).eq('threadId', threadId).eq('userId', userId))
    .unique();
}
