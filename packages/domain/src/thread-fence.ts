/**
 * The lock of a thread and its fence: the rules by which nobody is answered twice.
 *
 * The lock lives in the hot tier, which can be lost at any moment; the fence lives in PostgreSQL, which cannot. A lock is a
 * lease with a token. The fence is the lowest token that may still send.
 *
 *            take: token = next                        renew, claimSend: the lease is moved on
 *   ┌──────┐ ─────────────────────────────→ ┌──────────────┐ ←──┐
 *   │ free │                                │ held (token) │ ───┘
 *   └──────┘ ←───────────────────────────── └──────────────┘
 *      │       release, lease runs out            │  ↑
 *      │                                          └──┘ transfer: another holder, a higher token
 *      └──────── transfer ───────────────────────→ held
 *
 *   someone else's take while held      → refused, with the holder's name
 *   renew, claimSend by a former holder → lock_lost
 *   transfer with a token not above     → refused with the token that is there; the server raises the fence and tries again
 *
 * A send goes: claimSend (hot tier: right holder, lease not run out, lease moved on) → the accepting transaction raises the
 * fence to the token, and is refused when the fence is higher already → committed. A take-over goes: raise the fence
 * (PostgreSQL, with its audit row) → transfer. Whatever is interleaved, once a take-over has been answered nothing of the
 * former holder is accepted.
 *
 * Tokens of a thread only grow, and none is given twice. While the hot tier remembers the thread, the next is one above the
 * last. When it does not (never taken, pruned, or everything lost) counting begins at the clock's milliseconds: nobody takes
 * a thread a thousand times a second, so every token from before the loss is below, and a claim made just before the loss
 * cannot pass for a token given after it. Should the clock have stepped back, the fence is still a floor.
 */
export interface LockHolder {
  userId: string;
  name: string;
  /** A tab of a browser. The same person's second tab is another holder. */
  tabId: string;
}

export interface LockState {
  holder: LockHolder | null;
  /** The last token given, null when none is remembered. */
  token: number | null;
  /** When the holder's lease runs out, Unix milliseconds. */
  expiresAt: number | null;
}

/** A thread whose lock nobody remembers. */
export const FRESH_LOCK: LockState = { holder: null, token: null, expiresAt: null };

/** The token below which none is given when the last one is not remembered: the clock, in whole milliseconds. */
export function tokenFloor(now: number): number {
  return Math.floor(now);
}

/** The token for the next holder: above the last one and above the fence. */
export function nextToken(lastToken: number | null, fence: number, now: number): number {
  return Math.max(lastToken ?? tokenFloor(now), fence) + 1;
}

/** Whether a token may still send. */
export function maySend(token: number, fence: number): boolean {
  return token >= fence;
}

/** The fence after a send or a take-over with `token`. It never goes down. */
export function raisedFence(fence: number, token: number): number {
  return Math.max(fence, token);
}

/** Who holds the lock at `now`; a lease that has run out is nobody's, also before it was swept away. */
export function holderAt(lock: LockState, now: number): LockHolder | null {
  return lock.holder !== null && lock.expiresAt !== null && lock.expiresAt > now ? lock.holder : null;
}

export type Held = { ok: true; lock: LockState & { holder: LockHolder; token: number; expiresAt: number } };

/**
 * Takes the lock. The holder taking it again keeps the token and gets a new lease; anybody else is refused while it is held.
 *
 * @param fence the fence as far as the hot tier knows it; a stale one only means that a send is refused later
 */
export function takeLock(
  lock: LockState,
  who: LockHolder,
  fence: number,
  now: number,
  leaseMs: number,
): Held | { ok: false; holder: LockHolder } {
  const holder = holderAt(lock, now);
  if (holder === null) return held(who, nextToken(lock.token, fence, now), now + leaseMs);
  if (!sameTab(holder, who)) return { ok: false, holder };
  // With a fence above it the old token can send nothing any more, so taking again must give a new one.
  const token = lock.token !== null && maySend(lock.token, fence) ? lock.token : nextToken(lock.token, fence, now);
  return held(who, token, now + leaseMs);
}

/** Moves the lease on. Only for the tab that holds the lock with this token. */
export function renewLock(
  lock: LockState,
  who: Pick<LockHolder, 'userId' | 'tabId'>,
  token: number,
  now: number,
  leaseMs: number,
): Held | { ok: false } {
  const holder = holderAt(lock, now);
  if (holder === null || lock.token !== token || !sameTab(holder, who)) return { ok: false };
  return held(holder, token, now + leaseMs);
}

/**
 * Before a send: the right person, the right token, the lease not run out. It moves the lease on, so that nobody else gets
 * the thread while PostgreSQL accepts the message.
 */
export function claimSend(
  lock: LockState,
  userId: string,
  token: number,
  now: number,
  leaseMs: number,
): Held | { ok: false } {
  const holder = holderAt(lock, now);
  if (holder === null || lock.token !== token || holder.userId !== userId) return { ok: false };
  return held(holder, token, Math.max(lock.expiresAt ?? 0, now + leaseMs));
}

/** Gives the lock back. Null when this tab does not hold it with this token, so that a late or second release does nothing. */
export function releaseLock(
  lock: LockState,
  who: Pick<LockHolder, 'userId' | 'tabId'>,
  token: number,
): LockState | null {
  if (lock.holder === null || lock.token !== token || !sameTab(lock.holder, who)) return null;
  return freed(lock);
}

/** The lock once its lease is looked at: free when the lease has run out, else null. */
export function expireLock(lock: LockState, now: number): LockState | null {
  return lock.holder !== null && holderAt(lock, now) === null ? freed(lock) : null;
}

/**
 * How old a take-over's token may be when the lock it was meant for has been forgotten since. Longer than one take-over
 * takes, shorter than losing the hot tier and filling it again.
 */
const TRANSFER_LEEWAY_MS = 500;

/**
 * Moves the lock to another holder, after the fence was raised to `token` in PostgreSQL. Refused, with the lowest token it
 * must be above, when a token as high was given meanwhile or may have been before the hot tier was lost.
 */
export function transferLock(
  lock: LockState,
  holder: LockHolder,
  token: number,
  now: number,
  leaseMs: number,
): Held | { ok: false; token: number } {
  if (lock.token === null && token < tokenFloor(now) - TRANSFER_LEEWAY_MS) return { ok: false, token: tokenFloor(now) };
  if (lock.token !== null && lock.token >= token) return { ok: false, token: lock.token };
  return held(holder, token, now + leaseMs);
}

function held(holder: LockHolder, token: number, expiresAt: number): Held {
  return { ok: true, lock: { holder, token, expiresAt } };
}

function freed(lock: LockState): LockState {
  return { holder: null, token: lock.token, expiresAt: null };
}

function sameTab(a: Pick<LockHolder, 'userId' | 'tabId'>, b: Pick<LockHolder, 'userId' | 'tabId'>): boolean {
  return a.userId === b.userId && a.tabId === b.tabId;
}
