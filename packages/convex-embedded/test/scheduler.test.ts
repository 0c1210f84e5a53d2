import { cronJobs, makeFunctionReference } from 'convex/server';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { type CronJob, cronsOf } from '../src/functions/registry.ts';
import type { DirectChannel } from '../src/log/channel.ts';
import type { StorageOptions } from '../src/open-store.ts';
import { Scheduler } from '../src/scheduler/scheduler.ts';
import { openRuntime, silent, turn } from './harness.ts';
import { MemoryStorage } from './memory-storage.ts';

const START = Date.parse('2026-03-01T00:00:00Z');

beforeEach(() => {
  // The clock stands still unless a test moves it; input, output and setImmediate go on as ever.
  vi.useFakeTimers({ toFake: ['Date', 'setTimeout', 'clearTimeout', 'setInterval', 'clearInterval'], now: START });
});
afterEach(() => vi.useRealTimers());

async function open(options: StorageOptions, crons: Record<string, CronJob> = {}) {
  const runtime = await openRuntime(options);
  const scheduler = new Scheduler(runtime.engine, runtime.executor, crons, silent);
  scheduler.start();
  const jobs = async () =>
    ((await runtime.query('counters:jobs', {})) as { state: { kind: string } }[]).map((job) => job.state.kind);
  const count = (name: string) => runtime.query('counters:get', { name });
  return { ...runtime, scheduler, jobs, count };
}

/** Moves the clock, a little at a time, until the condition holds. */
async function eventually(condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await condition())) {
    vi.advanceTimersByTime(1);
    await turn();
  }
}

const schedule = { name: 'c', by: 1 };

test('a scheduled mutation happens exactly once, wherever crashes fall', async () => {
  const step = fc.oneof(
    fc.record({ op: fc.constant('schedule' as const), ms: fc.integer({ min: 0, max: 3000 }) }),
    fc.record({ op: fc.constant('wait' as const), ms: fc.integer({ min: 1, max: 2000 }) }),
    fc.record({ op: fc.constant('write' as const), ms: fc.constant(0) }),
    fc.record({ op: fc.constant('crash' as const), ms: fc.constant(0) }),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 3, maxLength: 25 }), async (steps) => {
      let storage = new MemoryStorage();
      const start = async () => {
        let channel: DirectChannel | null = null;
        const opening = open({
          storage,
          onChannel: (c) => {
            channel = c;
            setImmediate(() => setImmediate(() => c.run()));
          },
        });
        const runtime = await opening;
        return { ...runtime, channel: channel as unknown as DirectChannel };
      };
      let runtime = await start();
      const settle = async () => {
        for (let i = 0; i < 3; i++) {
          await turn();
          runtime.channel.run();
        }
        await turn();
      };
      let asked = 0;
      let acknowledged = 0;
      for (const { op, ms } of steps) {
        if (op === 'schedule') {
          asked++;
          const { ts } = await runtime.mutate('counters:later', { ...schedule, afterMs: ms });
          runtime.engine.durable(ts).then(
            () => acknowledged++,
            () => undefined,
          );
          await turn();
        } else if (op === 'wait') {
          vi.advanceTimersByTime(ms);
          await turn();
        } else if (op === 'write') {
          await settle();
        } else {
          runtime.scheduler.stop();
          storage = storage.crashed(0.5);
          runtime = await start();
        }
      }
      await settle();
      const jobs = (await runtime.jobs()).length;
      for (let i = 0; i < 10; i++) {
        vi.advanceTimersByTime(1000);
        await settle();
      }
      expect(jobs).toBeGreaterThanOrEqual(acknowledged);
      expect(jobs).toBeLessThanOrEqual(asked);
      expect(await runtime.jobs()).toEqual(new Array(jobs).fill('success'));
      expect(await runtime.count('c')).toBe(jobs);
      runtime.scheduler.stop();
    }),
    { numRuns: 30 },
  );
});

test('an action that was running when the process died has failed and does not run again', async () => {
  const storage = new MemoryStorage();
  const first = await open({ storage });
  await first.mutate('jobs:actLater', { name: 'begun', afterMs: 0 });
  await first.mutate('jobs:actLater', { name: 'later', afterMs: 5000 });
  const { store } = first.engine;
  await eventually(async () => (await first.count('begun')) === 1 && store.published === store.head);
  expect(await first.jobs()).toEqual(['inProgress', 'pending']);
  first.scheduler.stop();
  const second = await open({ storage: storage.crashed(0) });
  await eventually(async () => (await second.jobs())[0] !== 'inProgress');
  expect(await second.jobs()).toEqual(['failed', 'pending']);
  await second.mutate('counters:add', { name: 'gate', by: 1 });
  vi.advanceTimersByTime(6000);
  await eventually(async () => (await second.jobs())[1] === 'success');
  expect(await second.count('begun')).toBe(1);
  expect(await second.count('later')).toBe(1);
  second.scheduler.stop();
  await first.mutate('counters:add', { name: 'gate', by: 1 });
});

test('a hundred jobs due at once on one document all take effect', async () => {
  const runtime = await open({});
  await runtime.mutate('jobs:many', { name: 'c', count: 100, afterMs: 1000 });
  await turn();
  vi.advanceTimersByTime(1000);
  await eventually(async () => !(await runtime.jobs()).includes('pending'));
  expect(new Set(await runtime.jobs())).toEqual(new Set(['success']));
  expect(await runtime.count('c')).toBe(100);
  runtime.scheduler.stop();
});

const tick = makeFunctionReference<'mutation', { name: string }, null>('jobs:tick');
const waits = makeFunctionReference<'action', { name: string }, null>('jobs:waits');

test('cron jobs run when they are due, over restarts, and not twice', async () => {
  const crons = cronJobs();
  crons.interval('each minute', { minutes: 1 }, tick, { name: 'minute' });
  crons.daily('daily', { hourUTC: 0, minuteUTC: 2 }, tick, { name: 'daily' });
  const jobs = cronsOf({ crons: { default: crons } });
  const storage = new MemoryStorage();
  let runtime = await open({ storage }, jobs);
  const minute = async () => {
    vi.advanceTimersByTime(60_000);
    await turn();
    await turn();
  };
  vi.advanceTimersByTime(1);
  await turn();
  await minute();
  await minute();
  runtime.scheduler.stop();
  await runtime.close();
  // Down for four minutes: the interval runs once for them, at once.
  vi.setSystemTime(Date.now() + 4 * 60_000);
  runtime = await open({ storage }, jobs);
  vi.advanceTimersByTime(1);
  await turn();
  await minute();
  const log = ((await runtime.query('work:notes', {})) as string[]).map((entry) => entry.replace(/:\d\d\.\d+Z$/, ''));
  const of = (name: string) => log.filter((entry) => entry.startsWith(name));
  expect(of('daily')).toEqual(['daily 2026-03-01T00:02']);
  expect(of('minute')).toEqual([
    'minute 2026-03-01T00:00',
    'minute 2026-03-01T00:01',
    'minute 2026-03-01T00:02',
    'minute 2026-03-01T00:06',
    'minute 2026-03-01T00:07',
  ]);
  runtime.scheduler.stop();
});

test('a cron run is left out while the one before still goes on', async () => {
  const crons = cronJobs();
  crons.interval('slow', { seconds: 1 }, waits, { name: 'begun' });
  const runtime = await open({}, cronsOf({ crons: { default: crons } }));
  for (let i = 0; i < 5; i++) {
    vi.advanceTimersByTime(1000);
    await turn();
  }
  await eventually(async () => (await runtime.count('begun')) === 1);
  expect(runtime.metrics.actionsRun).toBe(1);
  await runtime.mutate('counters:add', { name: 'gate', by: 1 });
  await eventually(async () => (await runtime.count('begun')) === 2);
  expect(runtime.metrics.actionsRun).toBe(2);
  runtime.scheduler.stop();
});
