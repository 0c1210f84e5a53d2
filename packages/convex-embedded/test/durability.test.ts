import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { DirectChannel } from '../src/log/channel.ts';
import type { FileLog } from '../src/log/file-log.ts';
import { logName, MARK_FILE } from '../src/log/log-writer.ts';
import { openRuntime } from './harness.ts';
import { MemoryStorage } from './memory-storage.ts';

const LOG = logName(1);

/** Opens a runtime whose log is written only when the test says so. */
async function openPaused(storage: MemoryStorage) {
  let channel: DirectChannel | null = null;
  const opening = openRuntime({
    storage,
    onChannel: (c) => {
      channel = c;
      // The record of the start has to get through.
      setImmediate(() => setImmediate(() => c.run()));
    },
  });
  const runtime = await opening;
  return { ...runtime, channel: channel as unknown as DirectChannel };
}

async function counter(storage: MemoryStorage): Promise<number> {
  const runtime = await openRuntime({ storage });
  const value = (await runtime.query('counters:get', { name: 'c' })) as number;
  await runtime.close();
  return value;
}

const tick = () => new Promise((resolve) => setImmediate(resolve));

test('after a power failure every acknowledged mutation is there, and none in part', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.record({ adds: fc.integer({ min: 1, max: 4 }), write: fc.boolean() }), {
        minLength: 1,
        maxLength: 8,
      }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      async (steps, survives) => {
        const storage = new MemoryStorage();
        const runtime = await openPaused(storage);
        let acknowledged = 0;
        let sent = 0;
        for (const { adds, write } of steps) {
          for (let i = 0; i < adds; i++) {
            sent++;
            const run = await runtime.mutate('counters:add', { name: 'c', by: 1 });
            void runtime.engine.durable(run.ts).then(() => acknowledged++);
          }
          await tick();
          if (write) runtime.channel.run();
          await tick();
        }
        const value = await counter(storage.crashed(survives));
        expect(value).toBeGreaterThanOrEqual(acknowledged);
        expect(value).toBeLessThanOrEqual(sent);
      },
    ),
    { numRuns: 40 },
  );
});

/** A log of three acknowledged mutations and one that was written but never synced. */
async function sample() {
  const storage = new MemoryStorage();
  const runtime = await openRuntime({ storage });
  for (let i = 0; i < 3; i++)
    await runtime.engine.durable((await runtime.mutate('counters:add', { name: 'c', by: 1 })).ts);
  const acknowledged = storage.read(LOG)?.length as number;
  const mark = storage.read(MARK_FILE) as Uint8Array;
  await runtime.engine.durable((await runtime.mutate('counters:add', { name: 'c', by: 1 })).ts);
  // As if the process had been killed after the write and before the sync.
  const torn = storage.with(MARK_FILE, mark);
  return { storage: torn, bytes: torn.read(LOG) as Uint8Array, acknowledged };
}

test('the log cut at every byte: acknowledged data missing stops the start, a torn tail is dropped', async () => {
  const { storage, bytes, acknowledged } = await sample();
  for (let length = 0; length <= bytes.length; length++) {
    const cut = storage.with(LOG, bytes.subarray(0, length));
    if (length < acknowledged) await expect(counter(cut), `cut at ${length}`).rejects.toThrow(/--salvage/);
    else expect(await counter(cut), `cut at ${length}`).toBe(length === bytes.length ? 4 : 3);
  }
});

test('the log flipped at every byte: no damage goes unnoticed', async () => {
  const { storage, bytes, acknowledged } = await sample();
  for (let at = 0; at < bytes.length; at++) {
    const flipped = bytes.slice();
    flipped[at] = (flipped[at] as number) ^ (1 << (at % 8));
    const damaged = storage.with(LOG, flipped);
    if (at < acknowledged) await expect(counter(damaged), `flipped at ${at}`).rejects.toThrow(/damaged/);
    else expect(await counter(damaged), `flipped at ${at}`).toBe(3);
  }
});

test('a dropped tail is counted, and what is written after it is found by the next start', async () => {
  const { storage, bytes } = await sample();
  const cut = storage.with(LOG, bytes.subarray(0, bytes.length - 3));
  const runtime = await openRuntime({ storage: cut });
  expect(runtime.metrics.droppedBytes).toBeGreaterThan(0);
  await runtime.engine.durable((await runtime.mutate('counters:add', { name: 'c', by: 10 })).ts);
  expect(await counter(cut)).toBe(13);
});

test('--salvage goes on with what comes before the damage and keeps the damaged file', async () => {
  const { storage, bytes } = await sample();
  const flipped = bytes.slice();
  flipped[bytes.length >> 1] = (flipped[bytes.length >> 1] as number) ^ 1;
  const damaged = storage.with(LOG, flipped);
  const runtime = await openRuntime({ storage: damaged, salvage: true });
  expect(await runtime.query('counters:get', { name: 'c' })).toBeLessThan(4);
  expect(damaged.list().some((name) => name.includes('.damaged-'))).toBe(true);
  await runtime.close();
  expect(await counter(damaged)).toBeLessThan(4);
});

test('time does not go back over a restart with an earlier clock', async () => {
  const storage = new MemoryStorage();
  const first = await openRuntime({ storage });
  const { ts } = first.engine.store.head;
  const later = storage.crashed(1);
  const realNow = Date.now;
  Date.now = () => realNow() - 86_400_000;
  try {
    const second = await openRuntime({ storage: later });
    expect(second.engine.store.head.ts).toBeGreaterThan(ts);
  } finally {
    Date.now = realNow;
  }
});

test('a compaction interrupted at any step loses nothing', async () => {
  const storage = new MemoryStorage();
  const runtime = await openPaused(storage);
  for (let i = 0; i < 30; i++) await runtime.mutate('messages:send', { channel: 'x', body: 'y'.repeat(50), n: i });
  await runtime.mutate('counters:add', { name: 'c', by: 7 }, { session: 's', request: 1 });
  await tick();
  runtime.channel.run();
  let finished = false;
  void (runtime.log as FileLog).compact().then(() => {
    finished = true;
  });
  for (let step = 0; !finished; step++) {
    expect(await counter(storage.crashed(step % 2))).toBe(7);
    runtime.channel.run();
    expect(await counter(storage.crashed(step % 2))).toBe(7);
    await tick();
  }
  expect(storage.list()).not.toContain(LOG);
  const after = await openRuntime({ storage: storage.crashed(0) });
  expect(await after.query('messages:list', { channel: 'x', limit: 100 })).toHaveLength(30);
  const again = await after.mutate('counters:add', { name: 'c', by: 7 }, { session: 's', request: 1 });
  expect(JSON.parse(again.json)).toBe(7);
  expect(await after.query('counters:get', { name: 'c' })).toBe(7);
});
