import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  claimSend,
  expireLock,
  FRESH_LOCK,
  holderAt,
  type LockHolder,
  type LockState,
  maySend,
  nextToken,
  raisedFence,
  releaseLock,
  renewLock,
  takeLock,
  tokenFloor,
  transferLock,
} from './thread-fence.ts';

const LEASE = 30_000;
const ana: LockHolder = { userId: 'ana', name: 'Ana', tabId: 'ana-1' };
const anaSecondTab: LockHolder = { userId: 'ana', name: 'Ana', tabId: 'ana-2' };
const ben: LockHolder = { userId: 'ben', name: 'Ben', tabId: 'ben-1' };
const sue: LockHolder = { userId: 'sue', name: 'Sue', tabId: 'sue-1' };
const EVERYBODY = [ana, anaSecondTab, ben, sue];

const NOW = 1_700_000_000_000;
const FREE: LockState = { holder: null, token: 7, expiresAt: null };
const ANAS: LockState = { holder: ana, token: 7, expiresAt: NOW + 1 };
const RUN_OUT: LockState = { holder: ana, token: 7, expiresAt: NOW };
const STATES = { fresh: FRESH_LOCK, free: FREE, held: ANAS, 'run out': RUN_OUT };

describe('every event in every state', () => {
  test.each(Object.entries(STATES))('%s: take', (name, lock) => {
    const anas = takeLock(lock, ana, 3, NOW, LEASE);
    const bens = takeLock(lock, ben, 3, NOW, LEASE);
    const token = { fresh: tokenFloor(NOW) + 1, free: 8, held: 7, 'run out': 8 }[name];
    expect(anas).toEqual({ ok: true, lock: { holder: ana, token, expiresAt: NOW + LEASE } });
    expect(bens).toEqual(
      name === 'held' ? { ok: false, holder: ana } : { ok: true, lock: { holder: ben, token, expiresAt: NOW + LEASE } },
    );
  });

  test.each(Object.entries(STATES))('%s: renew, claim', (name, lock) => {
    const moved = { ok: true, lock: { ...ANAS, expiresAt: NOW + LEASE } };
    expect(renewLock(lock, ana, 7, NOW, LEASE)).toEqual(name === 'held' ? moved : { ok: false });
    expect(claimSend(lock, 'ana', 7, NOW, LEASE)).toEqual(name === 'held' ? moved : { ok: false });
    expect(renewLock(lock, anaSecondTab, 7, NOW, LEASE).ok).toBe(false);
    expect(renewLock(lock, ana, 6, NOW, LEASE).ok).toBe(false);
    expect(claimSend(lock, 'ben', 7, NOW, LEASE).ok).toBe(false);
    expect(claimSend(lock, 'ana', 6, NOW, LEASE).ok).toBe(false);
  });

  test.each(Object.entries(STATES))('%s: release, expire', (name, lock) => {
    expect(releaseLock(lock, ana, 7)).toEqual(name === 'held' || name === 'run out' ? FREE : null);
    expect(releaseLock(lock, ana, 6)).toBeNull();
    expect(releaseLock(lock, ben, 7)).toBeNull();
    expect(expireLock(lock, NOW)).toEqual(name === 'run out' ? FREE : null);
  });

  test.each(Object.entries(STATES))('%s: transfer', (name, lock) => {
    const last = name === 'fresh' ? tokenFloor(NOW) : 7;
    const moved = { ok: true, lock: { holder: sue, token: last + 1, expiresAt: NOW + LEASE } };
    expect(transferLock(lock, sue, last + 1, NOW, LEASE)).toEqual(moved);
    const tooLow = name === 'fresh' ? last - 1000 : last;
    expect(transferLock(lock, sue, tooLow, NOW, LEASE)).toEqual({ ok: false, token: last });
  });
});

test('a claimed lease is never made shorter', () => {
  const lock = { ...ANAS, expiresAt: NOW + 2 * LEASE };
  expect(claimSend(lock, 'ana', 7, NOW, LEASE)).toEqual({ ok: true, lock });
});

test('a token is above the fence even when the clock stands at zero', () => {
  expect(nextToken(null, 41, 0)).toBe(42);
});

/**
 * The whole story as a model: a hot tier that may be lost, a PostgreSQL that may not, sends that stop between claim and
 * accept, take-overs that stop between fence and transfer.
 */
class World {
  now = NOW;
  lock: LockState = FRESH_LOCK;
  /** The fence in PostgreSQL, and the hot tier's picture of it, which may lag. */
  fence = 0;
  picture = 0;
  given = new Map<number, string>();
  /** Tokens as their tabs remember them. */
  known = new Map<string, number>();
  claims: { who: LockHolder; token: number }[] = [];
  takeOver: { who: LockHolder; token: number } | null = null;
  accepted: { who: LockHolder; token: number }[] = [];
  /** The highest token whose take-over was answered. */
  settled = 0;

  gave(who: LockHolder, token: number) {
    const before = this.given.get(token);
    if (before !== undefined && before !== who.tabId)
      throw new Error(`token ${token} given to ${before} and ${who.tabId}`);
    this.given.set(token, who.tabId);
    this.known.set(who.tabId, token);
  }
}

const commands: Record<string, (world: World, who: LockHolder, amount: number) => void> = {
  wait: (w, _who, amount) => {
    w.now += amount;
  },
  take: (w, who) => {
    const result = takeLock(w.lock, who, w.picture, w.now, LEASE);
    if (!result.ok) {
      expect(result.holder).not.toEqual(who);
      return;
    }
    w.lock = result.lock;
    w.gave(who, result.lock.token);
  },
  renew: (w, who) => {
    const result = renewLock(w.lock, who, w.known.get(who.tabId) ?? 0, w.now, LEASE);
    if (result.ok) w.lock = result.lock;
  },
  release: (w, who) => {
    w.lock = releaseLock(w.lock, who, w.known.get(who.tabId) ?? 0) ?? w.lock;
  },
  sweep: (w) => {
    w.lock = expireLock(w.lock, w.now) ?? w.lock;
  },
  claim: (w, who) => {
    const token = w.known.get(who.tabId) ?? 0;
    const result = claimSend(w.lock, who.userId, token, w.now, LEASE);
    if (!result.ok) return;
    expect(holderAt(w.lock, w.now)?.userId).toBe(who.userId);
    w.lock = result.lock;
    w.claims.push({ who, token });
  },
  accept: (w, _who, amount) => {
    const [claim] = w.claims.splice(amount % Math.max(1, w.claims.length), 1);
    if (!claim || !maySend(claim.token, w.fence)) return;
    expect(claim.token).toBeGreaterThanOrEqual(w.settled);
    w.fence = raisedFence(w.fence, claim.token);
    w.accepted.push(claim);
  },
  raise: (w, who) => {
    const token = Math.max(w.lock.token ?? tokenFloor(w.now), w.fence) + 1;
    w.fence = raisedFence(w.fence, token);
    w.takeOver = { who, token };
  },
  transfer: (w) => {
    if (!w.takeOver) return;
    const result = transferLock(w.lock, w.takeOver.who, w.takeOver.token, w.now, LEASE);
    if (!result.ok) {
      const token = Math.max(result.token, w.fence) + 1;
      w.fence = raisedFence(w.fence, token);
      w.takeOver = { ...w.takeOver, token };
      return;
    }
    w.lock = result.lock;
    w.gave(w.takeOver.who, w.takeOver.token);
    w.settled = Math.max(w.settled, w.takeOver.token);
    w.takeOver = null;
  },
  feed: (w) => {
    w.picture = w.fence;
  },
  lose: (w) => {
    // Starting again and being filled takes longer than the milliseconds between two takes.
    w.now += 1000;
    w.lock = FRESH_LOCK;
    w.picture = w.fence;
  },
};

test('whatever is interleaved, no token is given twice, sends never go back to a lower token, and a take-over ends the former holder', () => {
  const often = ['take', 'claim', 'claim', 'accept', 'accept'];
  const step = fc.record({
    command: fc.constantFrom(...Object.keys(commands), ...often),
    who: fc.constantFrom(...EVERYBODY),
    amount: fc.oneof(fc.integer({ min: 1, max: 100 }), fc.integer({ min: 1, max: LEASE })),
  });
  let sends = 0;
  fc.assert(
    fc.property(fc.array(step, { minLength: 20, maxLength: 120, size: 'max' }), (steps) => {
      const world = new World();
      for (const { command, who, amount } of steps) {
        const tokenBefore = world.lock.token ?? 0;
        const fenceBefore = world.fence;
        commands[command]?.(world, who, amount);
        if (command !== 'lose') expect(world.lock.token ?? 0).toBeGreaterThanOrEqual(tokenBefore);
        expect(world.fence).toBeGreaterThanOrEqual(fenceBefore);
      }
      sends += world.accepted.length;
      for (const [i, { who, token }] of world.accepted.entries()) {
        expect(world.given.get(token)).toBe(who.tabId);
        expect(token).toBeGreaterThanOrEqual(world.accepted[i - 1]?.token ?? 0);
      }
    }),
    { numRuns: 500 },
  );
  // A model in which nothing is ever sent would prove nothing.
  expect(sends).toBeGreaterThan(300);
});
