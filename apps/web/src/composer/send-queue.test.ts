import { ERRORS, type ErrorCode } from '@patchline/contracts/errors';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ApiError, NoAnswerError } from '../api/errors.ts';
import type { SendInput } from '../api/types.ts';
import { createSendQueue, GIVE_UP_MS, type PendingSend, waitBefore } from './send-queue.ts';

const input = { to: '+13035550142', body: 'On our way', lockToken: 4 };

function refusal(code: ErrorCode, details?: unknown) {
  return new ApiError(ERRORS[code].status, { code, message: ERRORS[code].message, details });
}

/** A server that keeps idempotency keys, a clock, and a wire that breaks where the script says so. */
function world(script: Array<'ok' | 'lost-answer' | 'lost-request' | ErrorCode>) {
  let now = 0;
  let keys = 0;
  const tasks: Array<{ at: number; task: () => void }> = [];
  const stored = new Map<string, string>();
  const asked: string[] = [];
  let saved: PendingSend[] = [];
  const deps = {
    post: async (_body: SendInput, key: string) => {
      asked.push(key);
      const step = script.shift() ?? 'ok';
      if (step === 'lost-request') throw new NoAnswerError(new Error('offline'));
      if (step !== 'ok' && step !== 'lost-answer') throw refusal(step);
      const id = stored.get(key) ?? `m${stored.size + 1}`;
      stored.set(key, id);
      if (step === 'lost-answer') throw new NoAnswerError(new Error('cut'));
      return { id, decision: { outcome: 'allow' as const, reasons: [] } };
    },
    newKey: () => `key-${++keys}`,
    now: () => now,
    later: (ms: number, task: () => void) => tasks.push({ at: now + ms, task }),
    load: () => saved,
    store: (sends: readonly PendingSend[]) => {
      saved = structuredClone([...sends]);
    },
  };
  const settle = async () => {
    for (let i = 0; i < 20; i++) await Promise.resolve();
  };
  return {
    deps,
    stored,
    asked,
    settle,
    pass: async (ms: number) => {
      const until = now + ms;
      await settle();
      for (;;) {
        tasks.sort((a, b) => a.at - b.at);
        const due = tasks[0];
        if (!due || due.at > until) break;
        tasks.shift();
        now = due.at;
        due.task();
        await settle();
      }
      now = until;
    },
  };
}

describe('a composed text is sent once', () => {
  it('a request whose answer was lost is repeated with the same key and stored once', async () => {
    const w = world(['lost-answer', 'lost-answer', 'ok']);
    const queue = createSendQueue(w.deps);
    queue.add('c1', input, 7);
    await w.settle();
    expect(queue.list()[0]).toMatchObject({ state: 'retrying', uncertain: true });
    await w.pass(10_000);
    expect(queue.list()[0]).toMatchObject({ state: 'accepted', messageId: 'm1' });
    expect(new Set(w.asked).size).toBe(1);
    expect(w.stored.size).toBe(1);
  });

  it('a reload in the middle goes on with the old key', async () => {
    const w = world(['lost-answer', 'ok']);
    createSendQueue(w.deps).add('c1', input, 7);
    await w.settle();
    const queue = createSendQueue(w.deps);
    await w.settle();
    expect(queue.list()[0]).toMatchObject({ state: 'accepted', messageId: 'm1' });
    expect(w.stored.size).toBe(1);
  });

  it('pressing "try again" while an attempt runs does not start a second one', async () => {
    const w = world(['lost-request', 'ok']);
    const queue = createSendQueue(w.deps);
    const key = queue.add('c1', input, 7);
    await w.settle();
    queue.retry(key);
    queue.retry(key);
    await w.settle();
    expect(w.asked).toHaveLength(2);
  });

  it('a lost lock returns the text; nothing is tried again', async () => {
    const w = world(['lock_lost']);
    const queue = createSendQueue(w.deps);
    queue.add('c1', input, 7);
    await w.pass(60_000);
    expect(queue.list()[0]).toMatchObject({ state: 'returned', code: 'lock_lost' });
    expect(w.asked).toHaveLength(1);
  });

  it('while the hot tier restarts it is tried again, and after two minutes a person is asked', async () => {
    const w = world(Array.from({ length: 60 }, () => 'hot_tier_unavailable' as const));
    const queue = createSendQueue(w.deps);
    queue.add('c1', input, 7);
    await w.pass(GIVE_UP_MS + waitBefore(99));
    expect(queue.list()[0]).toMatchObject({ state: 'stuck', uncertain: false });
    const tries = w.asked.length;
    await w.pass(GIVE_UP_MS);
    expect(w.asked).toHaveLength(tries);
  });

  it('whatever the wire does, one text is stored at most once and never under two keys', async () => {
    const step = fc.constantFrom(
      'ok' as const,
      'lost-answer' as const,
      'lost-request' as const,
      'idempotency_in_flight' as const,
      'internal' as const,
      'unavailable' as const,
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 8 }), async (script) => {
        const w = world(script);
        const queue = createSendQueue(w.deps);
        queue.add('c1', input, 7);
        await w.pass(GIVE_UP_MS);
        expect(queue.list()[0]?.state).toBe('accepted');
        expect(w.stored.size).toBe(1);
        expect(new Set(w.asked).size).toBe(1);
      }),
    );
  });
});
