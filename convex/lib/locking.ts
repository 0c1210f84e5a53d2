import { LOCK_LEASE_MS } from '@patchline/contracts/locks';
import type { LockHolder, LockState } from '@patchline/domain/thread-fence';
import * as fence from '@patchline/domain/thread-fence';
import type { Scheduler } from 'convex/server';
import { internal } from '../_generated/api.js';
import { type LockRows, lockState, readLockRows, writeLock } from './lockRows.ts';
import { refusal } from './refusal.ts';
import type { TenantWriter } from './tenantDb.ts';

/** What an operation on a lock needs: the tenant's database, and a scheduler for the end of the lease. */
export interface LockCtx {
  tenantId: string;
  db: TenantWriter;
  scheduler: Scheduler;
}

/** A lock that is held, with its token and its end in Unix milliseconds. */
export interface Lease {
  token: number;
  expiresAt: number;
}

/** Takes the lock, or refuses with who has it. A thread that is not loaded is refused too: its fence is not known here. */
export async function take(ctx: LockCtx, threadId: string, who: LockHolder): Promise<Lease> {
  const thread = await ctx.db
    .query('inbox_threads')
    .withIndex('by_thread', (q) => q.eq('threadId', threadId))
    .unique();
  if (!thread) throw refusal('thread_cold');
  const rows = await readLockRows(ctx.db, ctx.tenantId, threadId);
  const taken = fence.takeLock(lockState(rows), who, thread.fence, Date.now(), LOCK_LEASE_MS);
  if (!taken.ok) {
    throw refusal('thread_locked', { holder: { userId: taken.holder.userId, name: taken.holder.name } });
  }
  return hold(ctx, threadId, rows, taken.lock);
}

/** Moves the lease of the tab that holds the lock on. */
export async function renew(
  ctx: LockCtx,
  threadId: string,
  who: { userId: string; tabId: string },
  token: number,
): Promise<Lease> {
  const rows = await readLockRows(ctx.db, ctx.tenantId, threadId);
  const renewed = fence.renewLock(lockState(rows), who, token, Date.now(), LOCK_LEASE_MS);
  if (!renewed.ok) throw refusal('lock_lost');
  return hold(ctx, threadId, rows, renewed.lock);
}

/** Gives the lock back; does nothing for a tab that no longer holds it. */
export async function release(
  ctx: LockCtx,
  threadId: string,
  who: { userId: string; tabId: string },
  token: number,
): Promise<void> {
  const rows = await readLockRows(ctx.db, ctx.tenantId, threadId);
  const freed = fence.releaseLock(lockState(rows), who, token);
  if (freed) await free(ctx, threadId, rows, freed);
}

/** Says that this person may send with this token now, and keeps the thread theirs while PostgreSQL accepts the message. */
export async function claimSend(ctx: LockCtx, threadId: string, userId: string, token: number): Promise<Lease> {
  const rows = await readLockRows(ctx.db, ctx.tenantId, threadId);
  const claimed = fence.claimSend(lockState(rows), userId, token, Date.now(), LOCK_LEASE_MS);
  if (!claimed.ok) throw refusal('lock_lost');
  return hold(ctx, threadId, rows, claimed.lock);
}

/** Moves the lock to another holder whose token PostgreSQL's fence already has. */
export async function transfer(
  ctx: LockCtx,
  threadId: string,
  holder: LockHolder,
  token: number,
): Promise<{ ok: true; expiresAt: number } | { ok: false; token: number }> {
  const rows = await readLockRows(ctx.db, ctx.tenantId, threadId);
  const moved = fence.transferLock(lockState(rows), holder, token, Date.now(), LOCK_LEASE_MS);
  if (!moved.ok) return moved;
  const { expiresAt } = await hold(ctx, threadId, rows, moved.lock);
  return { ok: true, expiresAt };
}

/** Frees the lock when its lease has run out; when it was renewed meanwhile, looks again at its new end. */
export async function expire(ctx: LockCtx, threadId: string, token: number): Promise<void> {
  const rows = await readLockRows(ctx.db, ctx.tenantId, threadId);
  const state = lockState(rows);
  // Another holding of the thread has its own appointment.
  if (state.holder === null || state.token !== token) return;
  const freed = fence.expireLock(state, Date.now());
  if (freed) await free(ctx, threadId, rows, freed);
  else await expireAt(ctx, threadId, token, state.expiresAt ?? 0);
}

/** Frees a lock whoever holds it, for people who signed out or were removed. */
export async function drop(ctx: LockCtx, threadId: string): Promise<void> {
  const rows = await readLockRows(ctx.db, ctx.tenantId, threadId);
  if (rows.lock?.holder) await free(ctx, threadId, rows, { ...lockState(rows), holder: null, expiresAt: null });
}

async function hold(
  ctx: LockCtx,
  threadId: string,
  rows: LockRows,
  next: LockState & { token: number; expiresAt: number },
): Promise<Lease> {
  // One appointment for each holding: renewals leave it alone, and it moves itself to the lease's new end.
  const begins = rows.lock?.token !== next.token || rows.lock.holder === null;
  await writeLock(ctx.db, threadId, rows, next, Date.now());
  if (begins) await expireAt(ctx, threadId, next.token, next.expiresAt);
  return { token: next.token, expiresAt: next.expiresAt };
}

async function free(ctx: LockCtx, threadId: string, rows: LockRows, next: LockState): Promise<void> {
  // A lock that can be freed was held, so it has a token.
  await writeLock(ctx.db, threadId, rows, { ...next, token: next.token ?? 0 }, Date.now());
}

async function expireAt(ctx: LockCtx, threadId: string, token: number, at: number): Promise<void> {
  await ctx.scheduler.runAt(at, internal.locks.expire, { tenantId: ctx.tenantId, threadId, token });
}
