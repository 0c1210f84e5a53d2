import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { api } from './_generated/api.js';
import { type HotTier, messageRow, startHotTier, threadRow } from './testing.kit.ts';

const HOUR = 60 * 60 * 1000;
const DAY = 24 * HOUR;

let hot: HotTier;
beforeEach(async () => {
  vi.useFakeTimers({ toFake: ['Date', 'setTimeout', 'clearTimeout'], shouldClearNativeTimers: true });
  hot = await startHotTier();
});
afterEach(async () => {
  await hot.close();
  vi.useRealTimers();
});

const counts = async (tenantId: string) => (await hot.server()).query(api.maintenance.counts, { tenantId });

/** Lets time pass in which nobody does anything, and the crons and what they book run. */
async function pass(ms: number): Promise<void> {
  vi.setSystemTime(Date.now() + ms);
  await vi.advanceTimersByTimeAsync(60_000);
  // What crons book for "now" needs the timer again, and the runtime a turn of its own in between.
  for (let round = 0; round < 20; round++) {
    await counts('acme');
    await vi.advanceTimersByTimeAsync(1);
  }
}

/** A tenant's threads with one message each, `updatedAt` in the order of their numbers, ending now. */
async function fill(tenantId: string, threads: number, version = 1): Promise<void> {
  const server = await hot.server();
  const now = Date.now();
  const entries = Array.from({ length: threads }, (_, i) => {
    const threadId = `${tenantId}-${i}`;
    return [
      {
        kind: 'thread' as const,
        version,
        row: threadRow(tenantId, threadId, { updatedAt: now - threads + i, lastSeq: 1 }),
      },
      { kind: 'message' as const, version: 1, row: messageRow(tenantId, threadId, 1) },
    ];
  }).flat();
  while (entries.length > 0) await server.mutation(api.feed.apply, { entries: entries.splice(0, 200) });
}

test('nothing that changed within a day is pruned, however much it is', async () => {
  await fill('acme', 450);
  await pass(DAY - HOUR);
  expect(await counts('acme')).toMatchObject({ threads: 450, messages: 450 });
  await fill('acme', 450, 2);
  await pass(2 * HOUR);
  expect(await counts('acme')).toMatchObject({ threads: 450, messages: 450 });
});

test('after a quiet day each tenant keeps its newest two hundred threads, and no messages', async () => {
  await fill('acme', 450);
  await fill('small', 3);
  await fill('zenith', 201);
  await pass(DAY + HOUR);
  expect(await counts('acme')).toMatchObject({ threads: 200, messages: 0 });
  expect(await counts('small')).toMatchObject({ threads: 3, messages: 0 });
  expect(await counts('zenith')).toMatchObject({ threads: 200, messages: 0 });
  const ana = await hot.as({ tenant: 'acme', user: 'ana' });
  const { threads } = await ana.query(api.inbox.recent, { limit: 1 });
  expect(threads.map(({ threadId }) => threadId)).toEqual(['acme-449']);
});

test('a thread that lives keeps its old messages, and one that somebody just opened is not pruned under them', async () => {
  await fill('acme', 250);
  await pass(DAY - HOUR);
  const server = await hot.server();
  await server.mutation(api.feed.apply, {
    entries: [{ kind: 'thread', version: 2, row: threadRow('acme', 'acme-0', { version: 2, lastSeq: 1 }) }],
  });
  const old = threadRow('acme', 'very-old', { updatedAt: Date.now() - 90 * DAY, lastSeq: 1 });
  await server.mutation(api.feed.hydrate, { thread: old, messages: [messageRow('acme', 'very-old', 1)] });
  await pass(2 * HOUR);
  const later = await hot.server();
  expect(await later.query(api.feed.missing, { threadIds: ['acme-0', 'very-old', 'acme-1'] })).toEqual({
    missing: ['acme-1'],
  });
  expect(await counts('acme')).toMatchObject({ messages: 2 });
});

test('tokens go on growing after a thread and its lock were pruned', async () => {
  await fill('acme', 201);
  const ana = await hot.as({ tenant: 'acme', user: 'ana' });
  const before = await ana.mutation(api.locks.take, { threadId: 'acme-0', tabId: 'tab' });
  await ana.mutation(api.locks.release, { threadId: 'acme-0', tabId: 'tab', token: before.token });
  await pass(DAY + HOUR);
  const server = await hot.server();
  expect(await server.query(api.feed.missing, { threadIds: ['acme-0'] })).toEqual({ missing: ['acme-0'] });
  expect(await server.query(api.locks.current, { tenantId: 'acme', threadId: 'acme-0' })).toMatchObject({ token: 0 });
  await server.mutation(api.feed.hydrate, { thread: threadRow('acme', 'acme-0', { version: 2 }), messages: [] });
  const later = await hot.as({ tenant: 'acme', user: 'ana' });
  const { token } = await later.mutation(api.locks.take, { threadId: 'acme-0', tabId: 'tab' });
  expect(token).toBeGreaterThan(before.token);
});

test('leases that ran out while nobody looked are swept, with typing marks', async () => {
  await fill('acme', 2);
  const ana = await hot.as({ tenant: 'acme', user: 'ana' });
  await ana.mutation(api.locks.take, { threadId: 'acme-0', tabId: 'tab' });
  await ana.mutation(api.typing.set, { threadId: 'acme-1' });
  expect(await counts('acme')).toMatchObject({ locks: 1, typing: 1 });
  await pass(5 * 60_000);
  expect(await counts('acme')).toMatchObject({ locks: 0, typing: 0 });
});
