import { LOCK_RENEW_MS } from '@patchline/contracts/locks';
import { describe, expect, it } from 'vitest';
import { createLockController, IDLE_MS, type LockPort, type TakeAnswer } from './lock-controller.ts';

const self = { userId: 'me', tabId: 'tab-1' };

function setup(answers: TakeAnswer[], renewals: Array<Awaited<ReturnType<LockPort['renew']>>> = []) {
  const log: string[] = [];
  let now = 1_000_000;
  const port: LockPort = {
    take: async () => {
      log.push('take');
      return answers.shift() ?? { ok: false, code: 'failed' };
    },
    renew: async (token) => {
      log.push(`renew ${token}`);
      return renewals.shift() ?? { ok: true, expiresAt: now + 30_000 };
    },
    release: (token) => log.push(`release ${token}`),
    open: async () => {
      log.push('open');
      return true;
    },
    now: () => now,
  };
  const controller = createLockController(self, port);
  return {
    controller,
    log,
    wait: (ms: number) => {
      now += ms;
      controller.tick();
    },
    settle: async () => {
      for (let i = 0; i < 20; i++) await Promise.resolve();
    },
  };
}

const granted = (token: number): TakeAnswer => ({ ok: true, token, expiresAt: 30_000 });

describe('holding a thread', () => {
  it('a thread that has gone cold is opened and taken, without a word to the agent', async () => {
    const { controller, log } = setup([{ ok: false, code: 'thread_cold' }, granted(4)]);
    expect(await controller.acquire()).toBe(4);
    expect(log).toEqual(['take', 'open', 'take']);
  });

  it('sending into a thread that Sam holds is not possible', async () => {
    const { controller } = setup([{ ok: false, code: 'thread_locked', holder: { userId: 'sam', name: 'Sam' } }]);
    expect(await controller.acquire()).toBeNull();
    expect(controller.get()).toMatchObject({ state: 'theirs', holder: { name: 'Sam' } });
  });

  it('is renewed every ten seconds, one renewal at a time', async () => {
    const { controller, log, wait, settle } = setup([granted(4)]);
    controller.typed();
    await settle();
    wait(LOCK_RENEW_MS - 1);
    expect(log).toEqual(['take']);
    wait(1);
    wait(1_000);
    await settle();
    expect(log).toEqual(['take', 'renew 4']);
  });

  it('a renewal that got no answer loses nothing; one that was refused does', async () => {
    const { controller, wait, settle } = setup(
      [granted(4)],
      [
        { ok: false, lost: false },
        { ok: false, lost: true },
      ],
    );
    controller.typed();
    await settle();
    wait(LOCK_RENEW_MS);
    await settle();
    expect(controller.get().state).toBe('mine');
    wait(LOCK_RENEW_MS);
    await settle();
    expect(controller.get().state).toBe('lost');
  });

  it('is let go when nobody has written for five minutes', async () => {
    const { controller, log, wait, settle } = setup([granted(4)]);
    controller.typed();
    await settle();
    wait(IDLE_MS);
    expect(controller.get().state).toBe('free');
    expect(log.at(-1)).toBe('release 4');
  });
});
