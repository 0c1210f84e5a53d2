import { v } from 'convex/values';
import { internalMutation, type MutationCtx } from './_generated/server.js';
import { serviceMutation, serviceQuery, type TenantMutationCtx, tenantMutation, tenantQuery } from './lib/functions.ts';
import * as locking from './lib/locking.ts';
import { lockState, readLockRows } from './lib/lockRows.ts';
import { refusal } from './lib/refusal.ts';
import { holder } from './lib/rows.ts';
import { tenantReader, tenantWriter } from './lib/tenantDb.ts';
import { seenThread, sees } from './lib/visibility.ts';

/**
 * The thread lock: who is answering. The rules are in domain/thread-fence.ts, their rows in lib/locking.ts; here are the
 * functions that people, the server and the scheduler call.
 *
 * Queries return when a lease runs out and never compare it with now, because a query is not asked again when time passes.
 */

const lock = v.object({
  holder: v.union(holder, v.null()),
  token: v.number(),
  expiresAt: v.union(v.number(), v.null()),
});
const lease = v.object({ token: v.number(), expiresAt: v.number() });

/** Longer than any id of ours. */
const LONGEST_ID = 128;

/** Who holds a thread, until when. `token` is 0 when nobody ever took it. */
export const forThread = tenantQuery({
  args: { threadId: v.string() },
  returns: lock,
  handler: async ({ db, caller }, { threadId }) => {
    const rows = await readLockRows(db, caller.tenantId, threadId);
    if (!rows.lock || !sees(caller, rows.lock)) return { holder: null, token: 0, expiresAt: null };
    const { holder, token, expiresAt } = lockState(rows);
    return { holder, token: token ?? 0, expiresAt };
  },
});

/** All locks that are held on threads that the caller sees, for the marks in the inbox. */
export const held = tenantQuery({
  args: {},
  returns: v.object({
    locks: v.array(
      v.object({
        threadId: v.string(),
        holder: v.object({ userId: v.string(), name: v.string() }),
        token: v.number(),
      }),
    ),
  }),
  handler: async ({ db, caller }) => {
    const rows = await db
      .query('sms_thread_locks')
      .withIndex('by_tenant_held', (q) => q.eq('tenantId', caller.tenantId).gt('takenAt', null))
      .take(MOST_HELD);
    return {
      locks: rows.flatMap(({ threadId, holder, token, teamId }) =>
        holder && sees(caller, { teamId })
          ? [{ threadId, holder: { userId: holder.userId, name: holder.name }, token }]
          : [],
      ),
    };
  },
});

/** More threads than a team answers at one moment; bounds what one tenant can make the hot tier read. */
const MOST_HELD = 2000;

/** Takes a thread. Refused with `thread_locked` and its holder, or `thread_cold` when the thread is not loaded. */
export const take = tenantMutation({
  args: { threadId: v.string(), tabId: v.string() },
  returns: lease,
  handler: async (ctx, { threadId, tabId }) => {
    if (tabId === '' || tabId.length > LONGEST_ID) throw refusal('invalid_input', { field: 'tabId' });
    const { userId, name } = ctx.caller;
    if (!(await seenThread(ctx.db, ctx.caller, threadId))) throw refusal('thread_cold');
    return locking.take(own(ctx), threadId, { userId, name, tabId });
  },
});

/** Moves the lease on. Refused with `lock_lost` when the lock ran out or went to another holder. */
export const renew = tenantMutation({
  args: { threadId: v.string(), tabId: v.string(), token: v.number() },
  returns: v.object({ expiresAt: v.number() }),
  handler: async (ctx, { threadId, tabId, token }) => {
    const { lock } = await readLockRows(ctx.db, ctx.caller.tenantId, threadId);
    if (lock && !sees(ctx.caller, lock)) throw refusal('lock_lost');
    const { expiresAt } = await locking.renew(own(ctx), threadId, { userId: ctx.caller.userId, tabId }, token);
    return { expiresAt };
  },
});

/** Gives the lock back. Idempotent: late and repeated releases do nothing. */
export const release = tenantMutation({
  args: { threadId: v.string(), tabId: v.string(), token: v.number() },
  returns: v.null(),
  handler: async (ctx, { threadId, tabId, token }) => {
    await locking.release(own(ctx), threadId, { userId: ctx.caller.userId, tabId }, token);
    return null;
  },
});

/** The server, before it accepts a person's message. Refused with `lock_lost`. */
export const claimSend = serviceMutation({
  args: { tenantId: v.string(), threadId: v.string(), userId: v.string(), token: v.number() },
  returns: v.object({ ok: v.literal(true), expiresAt: v.number() }),
  handler: async (ctx, { tenantId, threadId, userId, token }) => {
    const { expiresAt } = await locking.claimSend(named(ctx, tenantId), threadId, userId, token);
    return { ok: true as const, expiresAt };
  },
});

/**
 * The server, after it raised the fence for a take-over. `ok: false` says the token the fence must be raised above before
 * it tries again.
 */
export const transfer = serviceMutation({
  args: { tenantId: v.string(), threadId: v.string(), holder, token: v.number() },
  returns: v.union(
    v.object({ ok: v.literal(true), expiresAt: v.number() }),
    v.object({ ok: v.literal(false), token: v.number() }),
  ),
  handler: (ctx, { tenantId, threadId, holder, token }) =>
    locking.transfer(named(ctx, tenantId), threadId, holder, token),
});

/** The server, for a browser that said goodbye with a beacon. */
export const releaseFor = serviceMutation({
  args: { tenantId: v.string(), threadId: v.string(), userId: v.string(), tabId: v.string(), token: v.number() },
  returns: v.null(),
  handler: async (ctx, { tenantId, threadId, userId, tabId, token }) => {
    await locking.release(named(ctx, tenantId), threadId, { userId, tabId }, token);
    return null;
  },
});

/** What the lock is now; `token` is 0 when none is remembered. */
export const current = serviceQuery({
  args: { tenantId: v.string(), threadId: v.string() },
  returns: lock,
  handler: async (ctx, { tenantId, threadId }) => {
    const rows = await readLockRows(tenantReader(ctx.db, tenantId), tenantId, threadId);
    const { holder, token, expiresAt } = lockState(rows);
    return { holder, token: token ?? 0, expiresAt };
  },
});

/** Frees everything a person holds, when they sign out or are removed. */
export const dropSession = serviceMutation({
  args: { tenantId: v.string(), userId: v.string() },
  returns: v.object({ dropped: v.number() }),
  handler: async (ctx, { tenantId, userId }) => {
    const rows = await ctx.db
      .query('sms_thread_locks')
      .withIndex('by_tenant_held', (q) => q.eq('tenantId', tenantId).gt('takenAt', null))
      .take(MOST_HELD);
    const theirs = rows.filter((row) => row.holder?.userId === userId);
    for (const { threadId } of theirs) await locking.drop(named(ctx, tenantId), threadId);
    return { dropped: theirs.length };
  },
});

/** The appointment that each holding makes for the end of its lease. */
export const expire = internalMutation({
  args: { tenantId: v.string(), threadId: v.string(), token: v.number() },
  returns: v.null(),
  handler: async (ctx, { tenantId, threadId, token }) => {
    await locking.expire(named(ctx, tenantId), threadId, token);
    return null;
  },
});

function own({ caller, db, scheduler }: TenantMutationCtx): locking.LockCtx {
  return { tenantId: caller.tenantId, db, scheduler };
}

function named({ db, scheduler }: MutationCtx, tenantId: string): locking.LockCtx {
  return { tenantId, db: tenantWriter(db, tenantId), scheduler };
}
