import type { Holder, LockState } from '../live/functions.ts';

/**
 * Who may answer this thread, as seen from one tab.
 *
 *   free ──typed──→ taking ──taken──→ mine ──letGo, left──→ free
 *    ↑                │                 └──lost (taken over, ran out)──→ lost ──typed──→ taking (if nobody holds it)
 *    └──nobody──── theirs ←──refused────┘
 *
 * The live query (`seen`) lags behind the answers to our own calls, so it is believed only when its token is not older
 * than what we know: tokens of a thread never go down.
 */
export type Lock =
  | { state: 'free'; token: number }
  | { state: 'taking'; token: number }
  | { state: 'mine'; token: number; expiresAt: number }
  | { state: 'theirs'; token: number; holder: Holder }
  | { state: 'lost'; token: number; holder: Holder | null };

export interface Self {
  userId: string;
  tabId: string;
}

export type LockEvent =
  | { type: 'typed' }
  | { type: 'taken'; token: number; expiresAt: number }
  /** The hot tier said no: somebody else holds it. */
  | { type: 'refused'; holder: { userId: string; name: string } }
  /** The hot tier could not be asked, or has no such thread. */
  | { type: 'failed' }
  | { type: 'seen'; lock: LockState }
  | { type: 'renewed'; token: number; expiresAt: number }
  | { type: 'renewalRefused'; token: number }
  | { type: 'letGo' };

export type LockEffect = { type: 'take' } | { type: 'release'; token: number };

export interface Step {
  lock: Lock;
  effects: readonly LockEffect[];
}

export const FREE: Lock = { state: 'free', token: 0 };

const stay = (lock: Lock): Step => ({ lock, effects: [] });

export function isSelf(holder: Holder | null, self: Self): boolean {
  return holder !== null && holder.userId === self.userId && holder.tabId === self.tabId;
}

/** The next state, and what must be asked of the hot tier. */
export function step(lock: Lock, event: LockEvent, self: Self): Step {
  switch (event.type) {
    case 'typed':
      if (lock.state === 'free' || (lock.state === 'lost' && lock.holder === null)) {
        return { lock: { state: 'taking', token: lock.token }, effects: [{ type: 'take' }] };
      }
      return stay(lock);
    case 'taken':
      if (event.token < lock.token) return stay(lock);
      // Left or let go while the answer was under way: give it back at once, or nobody could answer for a lease.
      if (lock.state === 'free') {
        return { lock: { state: 'free', token: event.token }, effects: [{ type: 'release', token: event.token }] };
      }
      return stay({ state: 'mine', token: event.token, expiresAt: event.expiresAt });
    case 'refused':
      if (lock.state !== 'taking') return stay(lock);
      return stay({ state: 'theirs', token: lock.token, holder: { ...event.holder, tabId: '' } });
    case 'failed':
      return lock.state === 'taking' ? stay({ state: 'free', token: lock.token }) : stay(lock);
    case 'renewed':
      if (lock.state !== 'mine' || lock.token !== event.token) return stay(lock);
      return stay({ ...lock, expiresAt: event.expiresAt });
    case 'renewalRefused':
      if (lock.state !== 'mine' || lock.token !== event.token) return stay(lock);
      return stay({ state: 'lost', token: lock.token, holder: null });
    case 'letGo':
      if (lock.state === 'mine') {
        return { lock: { state: 'free', token: lock.token }, effects: [{ type: 'release', token: lock.token }] };
      }
      return stay(lock.state === 'theirs' ? lock : { state: 'free', token: lock.token });
    case 'seen':
      return stay(seen(lock, event.lock, self));
  }
}

function seen(lock: Lock, now: LockState, self: Self): Lock {
  if (now.token < lock.token) return lock;
  const mineNow = isSelf(now.holder, self);
  switch (lock.state) {
    case 'mine':
      if (mineNow) return { ...lock, token: now.token, expiresAt: now.expiresAt ?? lock.expiresAt };
      return { state: 'lost', token: now.token, holder: now.holder };
    case 'taking':
      // Our own call is under way; its answer decides. Only somebody else's newer hold is news.
      if (now.holder === null || mineNow) return lock;
      return { state: 'theirs', token: now.token, holder: now.holder };
    case 'lost':
      if (now.holder === null) return lock.holder === null ? lock : { state: 'lost', token: now.token, holder: null };
      if (mineNow) return now.token > lock.token ? adopt(now) : lock;
      return { state: 'lost', token: now.token, holder: now.holder };
    case 'free':
      // After letting go, the live query still says "mine" for a moment, with the same token.
      if (mineNow) return now.token > lock.token ? adopt(now) : lock;
      return now.holder === null
        ? { state: 'free', token: now.token }
        : { state: 'theirs', token: now.token, holder: now.holder };
    case 'theirs':
      if (mineNow) return adopt(now);
      return now.holder === null
        ? { state: 'free', token: now.token }
        : { state: 'theirs', token: now.token, holder: now.holder };
  }
}

/** A hold of this very tab that we did not know of: the page was reloaded before it could let go. */
function adopt(now: LockState): Lock {
  return { state: 'mine', token: now.token, expiresAt: now.expiresAt ?? 0 };
}
