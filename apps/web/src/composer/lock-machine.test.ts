import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Holder, LockState } from '../live/functions.ts';
import { FREE, type Lock, type LockEvent, step } from './lock-machine.ts';

const self = { userId: 'me', tabId: 'tab-1' };
const me: Holder = { userId: 'me', name: 'Me', tabId: 'tab-1' };
const sam: Holder = { userId: 'sam', name: 'Sam', tabId: 'tab-9' };

const seen = (holder: Holder | null, token: number): LockEvent => ({
  type: 'seen',
  lock: { holder, token, expiresAt: holder ? 30_000 : null } satisfies LockState,
});
const run = (events: LockEvent[], from: Lock = FREE) => {
  let lock = from;
  const effects = [];
  for (const event of events) {
    const next = step(lock, event, self);
    lock = next.lock;
    effects.push(...next.effects);
  }
  return { lock, effects };
};
const taken = (token: number): LockEvent => ({ type: 'taken', token, expiresAt: 30_000 });

describe('the lock as one tab sees it', () => {
  it('the first character takes it; the following ones do not ask again', () => {
    const { lock, effects } = run([{ type: 'typed' }, { type: 'typed' }, taken(3), { type: 'typed' }]);
    expect(lock).toMatchObject({ state: 'mine', token: 3 });
    expect(effects).toEqual([{ type: 'take' }]);
  });

  it('typing while Sam answers takes nothing', () => {
    const { lock, effects } = run([seen(sam, 4), { type: 'typed' }]);
    expect(lock).toMatchObject({ state: 'theirs', holder: { name: 'Sam' } });
    expect(effects).toEqual([]);
  });

  it('a live result from before our take does not look like a loss', () => {
    expect(run([{ type: 'typed' }, taken(5), seen(null, 4), seen(sam, 3)]).lock).toMatchObject({
      state: 'mine',
      token: 5,
    });
  });

  it('being taken over is a loss that names who did it, and typing on does not fight back', () => {
    const { lock, effects } = run([{ type: 'typed' }, taken(5), seen(sam, 6), { type: 'typed' }]);
    expect(lock).toEqual({ state: 'lost', token: 6, holder: sam });
    expect(effects).toEqual([{ type: 'take' }]);
  });

  it('a lease that ran out is a loss, and the next character takes it again', () => {
    const lost = run([{ type: 'typed' }, taken(5), seen(null, 5)]);
    expect(lost.lock).toMatchObject({ state: 'lost', holder: null });
    expect(run([{ type: 'typed' }], lost.lock).effects).toEqual([{ type: 'take' }]);
  });

  it('leaving while the take is under way gives it back when it arrives', () => {
    const { lock, effects } = run([{ type: 'typed' }, { type: 'letGo' }, taken(5)]);
    expect(lock.state).toBe('free');
    expect(effects).toContainEqual({ type: 'release', token: 5 });
  });

  it('after letting go, the late echo of our own hold is not adopted', () => {
    expect(run([{ type: 'typed' }, taken(5), { type: 'letGo' }, seen(me, 5)]).lock.state).toBe('free');
  });

  it('a hold that survived a reload of this tab is ours again', () => {
    expect(run([seen(me, 8)]).lock).toMatchObject({ state: 'mine', token: 8 });
  });

  it('the same person in another tab is another holder', () => {
    expect(run([seen({ ...me, tabId: 'tab-2' }, 8)]).lock).toMatchObject({
      state: 'theirs',
      holder: { tabId: 'tab-2' },
    });
  });

  it('a refusal says who holds it; when they let go it is free', () => {
    const { lock } = run([{ type: 'typed' }, { type: 'refused', holder: { userId: 'sam', name: 'Sam' } }]);
    expect(lock).toMatchObject({ state: 'theirs', holder: { name: 'Sam' } });
    expect(run([seen(null, 2)], lock).lock.state).toBe('free');
  });

  it('a hot tier that cannot be asked leaves it free to try again', () => {
    expect(run([{ type: 'typed' }, { type: 'failed' }]).lock.state).toBe('free');
  });

  const holder = fc.constantFrom(me, sam, { ...me, tabId: 'tab-2' }, null);
  const token = fc.integer({ min: 0, max: 6 });
  const anyEvent: fc.Arbitrary<LockEvent> = fc.oneof(
    fc.constantFrom<LockEvent>({ type: 'typed' }, { type: 'failed' }, { type: 'letGo' }),
    fc.constant<LockEvent>({ type: 'refused', holder: { userId: 'sam', name: 'Sam' } }),
    token.map(taken),
    token.map((each): LockEvent => ({ type: 'renewed', token: each, expiresAt: 60_000 })),
    token.map((each): LockEvent => ({ type: 'renewalRefused', token: each })),
    fc.tuple(holder, token).map(([who, each]) => seen(who, each)),
  );
  const anyLock: fc.Arbitrary<Lock> = fc.oneof(
    token.map((each): Lock => ({ state: 'free', token: each })),
    token.map((each): Lock => ({ state: 'taking', token: each })),
    token.map((each): Lock => ({ state: 'mine', token: each, expiresAt: 1 })),
    token.map((each): Lock => ({ state: 'theirs', token: each, holder: sam })),
    fc
      .tuple(token, fc.constantFrom(sam, null))
      .map(([each, who]): Lock => ({ state: 'lost', token: each, holder: who })),
  );

  it('every event in every state: the token never goes down, and only the present hold is ever released', () => {
    fc.assert(
      fc.property(anyLock, fc.array(anyEvent, { maxLength: 12 }), (start, events) => {
        let lock = start;
        for (const event of events) {
          const next = step(lock, event, self);
          expect(next.lock.token).toBeGreaterThanOrEqual(lock.token);
          for (const effect of next.effects) {
            if (effect.type === 'take') expect(next.lock.state).toBe('taking');
            if (effect.type === 'release') expect(next.lock).toMatchObject({ state: 'free', token: effect.token });
          }
          lock = next.lock;
        }
      }),
    );
  });
});
