import type { HotMessage, HotThread } from '@patchline/contracts/hot-rows';
import { isTerminal, laterStatus, MESSAGE_STATUSES, type MessageStatus } from '@patchline/contracts/message-status';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { api } from './_generated/api.js';
import { type HotTier, messageRow, refusalOf, startHotTier, threadRow } from './testing.kit.ts';

type Entry =
  | { kind: 'thread'; version: number; row: HotThread }
  | { kind: 'message'; version: number; row: HotMessage };

let hot: HotTier;
let server: Awaited<ReturnType<HotTier['server']>>;
let ana: Awaited<ReturnType<HotTier['as']>>;
beforeAll(async () => {
  hot = await startHotTier();
  server = await hot.server();
  ana = await hot.as({ tenant: 'acme', user: 'ana' });
});
afterAll(() => hot.close());

const thread = (threadId: string, version: number, change: Partial<HotThread> = {}): Entry => ({
  kind: 'thread',
  version,
  row: threadRow('acme', threadId, { version, ...change }),
});
const message = (threadId: string, seq: number, version: number, change: Partial<HotMessage> = {}): Entry => ({
  kind: 'message',
  version,
  row: messageRow('acme', threadId, seq, { version, ...change }),
});
const feed = (...entries: Entry[]) => server.mutation(api.feed.apply, { entries });
const shown = (threadId: string, client = ana) => client.query(api.smsMessages.forThread, { threadId });

test('a batch that comes twice changes nothing the second time', async () => {
  const entries = [thread('twice', 1, { lastSeq: 2 }), message('twice', 1, 1), message('twice', 2, 1)];
  expect(await feed(...entries)).toEqual({ applied: 3, stale: 0 });
  const once = await shown('twice');
  expect(await feed(...entries)).toEqual({ applied: 0, stale: 3 });
  expect(await shown('twice')).toEqual(once);
  expect(once.messages.map(({ seq }) => seq)).toEqual([1, 2]);
});

test('an older version that comes late does not undo a newer one', async () => {
  await feed(thread('late', 5, { unread: 0, lastSeq: 1 }), message('late', 1, 3, { body: 'new' }));
  expect(await feed(thread('late', 4, { unread: 9 }), message('late', 1, 2, { body: 'old' }))).toEqual({
    applied: 0,
    stale: 2,
  });
  expect(await shown('late')).toMatchObject({ thread: { unread: 0 }, messages: [{ body: 'new' }] });
});

test('of several versions of a row in one batch the newest is kept', async () => {
  const entries = [
    message('batch', 1, 2, { body: 'two' }),
    message('batch', 1, 3, { body: 'three' }),
    message('batch', 1, 1),
  ];
  expect(await feed(thread('batch', 1, { lastSeq: 1 }), ...entries)).toEqual({ applied: 2, stale: 2 });
  expect((await shown('batch')).messages.map(({ body }) => body)).toEqual(['three']);
});

test('a delivered message is never shown as sent again, whatever a newer version says', async () => {
  const outbound = { direction: 'outbound' as const };
  await feed(thread('status', 1, { lastSeq: 1 }), message('status', 1, 1, { ...outbound, status: 'delivered' }));
  await feed(message('status', 1, 2, { ...outbound, status: 'sent', body: 'edited' }));
  expect((await shown('status')).messages).toMatchObject([{ status: 'delivered', body: 'edited', version: 2 }]);
});

test('a fence never goes down, whatever a newer version says', async () => {
  await feed(thread('fence', 1, { fence: 50 }));
  await feed(thread('fence', 2, { fence: 40 }));
  expect((await shown('fence')).thread).toMatchObject({ fence: 50, version: 2 });
});

test('hydrating a thread that a push has already moved on undoes nothing', async () => {
  await feed(thread('open', 7, { lastSeq: 3, unread: 2 }), message('open', 3, 1));
  const messages = [1, 2, 3].map((seq) => messageRow('acme', 'open', seq));
  const row = threadRow('acme', 'open', { version: 6, lastSeq: 2 });
  expect(await server.mutation(api.feed.hydrate, { thread: row, messages })).toEqual({ applied: 2, stale: 2 });
  expect(await shown('open')).toMatchObject({ thread: { lastSeq: 3, unread: 2 }, completeFrom: 1 });
});

test('a thread says from where on it is complete, so that gaps are asked for', async () => {
  await feed(thread('gaps', 1, { lastSeq: 5 }), message('gaps', 1, 1), message('gaps', 4, 1));
  expect((await shown('gaps')).completeFrom).toBeNull();
  await feed(message('gaps', 5, 1));
  expect((await shown('gaps')).completeFrom).toBe(4);
  await feed(message('gaps', 6, 1), message('gaps', 3, 1));
  expect((await shown('gaps')).completeFrom).toBe(3);
});

test('at most the newest fifty messages are shown, oldest first', async () => {
  await feed(thread('long', 1, { lastSeq: 60 }), ...Array.from({ length: 60 }, (_, i) => message('long', i + 1, 1)));
  const { messages, completeFrom } = await shown('long');
  expect(messages.map(({ seq }) => seq)).toEqual(Array.from({ length: 50 }, (_, i) => i + 11));
  expect(completeFrom).toBe(11);
});

test('the inbox shows what changed last first, as many as asked for and no more than a hundred', async () => {
  const bea = await hot.as({ tenant: 'many', user: 'bea' });
  const rows = Array.from({ length: 120 }, (_, i) => threadRow('many', `many-${i}`, { updatedAt: 1_000 + i }));
  await feed(...rows.map((row) => ({ kind: 'thread' as const, version: 1, row })));
  const numbers = async (limit?: number) =>
    (await bea.query(api.inbox.recent, limit === undefined ? {} : { limit })).threads.map(
      (row) => row.updatedAt - 1_000,
    );
  expect(await numbers(3)).toEqual([119, 118, 117]);
  expect(await numbers()).toHaveLength(30);
  expect(await numbers(1e9)).toHaveLength(100);
  for (const limit of [0, -1, 1.5, Number.NaN]) {
    expect(await refusalOf(numbers(limit))).toMatchObject({ code: 'invalid_input', field: 'limit' });
  }
  expect((await bea.query(api.inbox.recent, { limit: 1 })).threads[0]).not.toHaveProperty('tenantId');
});

test('which threads are missing is said in the order asked', async () => {
  await feed(thread('here', 1));
  expect(await server.query(api.feed.missing, { threadIds: ['gone', 'here', 'away'] })).toEqual({
    missing: ['gone', 'away'],
  });
});

test('more than two hundred entries are refused, and two hundred are one transaction', async () => {
  const entries = Array.from({ length: 201 }, (_, i) => message('big', i + 1, 1));
  expect(await refusalOf(feed(...entries))).toMatchObject({ code: 'invalid_input', field: 'entries' });
  expect(await feed(...entries.slice(1))).toEqual({ applied: 200, stale: 0 });
});

test('a row with a field nobody knows is refused, and nothing of its batch is kept', async () => {
  const odd = { ...messageRow('acme', 'odd', 2), surprise: true } as HotMessage;
  await expect(feed(message('odd', 1, 1), { kind: 'message', version: 1, row: odd })).rejects.toThrow();
  expect((await shown('odd')).messages).toEqual([]);
});

/** A message's history as PostgreSQL writes it: every version's status follows from the one before by the lattice. */
function history(threadId: string, seq: number, heard: MessageStatus[]): Entry[] {
  let status: MessageStatus = 'accepted';
  const entries = [message(threadId, seq, 1, { direction: 'outbound', status, at: seq })];
  for (const next of heard) {
    if (isTerminal(status)) break;
    status = laterStatus(status, next);
    entries.push(message(threadId, seq, entries.length + 1, { direction: 'outbound', status, at: seq }));
  }
  return entries;
}

test('however often and in whatever order a history arrives, the same rows remain', async () => {
  let run = 0;
  const outbound = MESSAGE_STATUSES.filter((status) => status !== 'received');
  const heard = fc.array(fc.constantFrom(...outbound), { maxLength: 5 });
  const fences = fc.array(fc.nat({ max: 9 }), { minLength: 1, maxLength: 5 });
  await fc.assert(
    fc.asyncProperty(
      fc.array(heard, { maxLength: 5 }),
      fences,
      fc.infiniteStream(fc.nat()),
      async (messages, steps, random) => {
        const write = (threadId: string) => {
          let fence = 0;
          const threads = steps.map((step, i) => {
            fence += step;
            return thread(threadId, i + 1, { fence, lastSeq: messages.length, updatedAt: i + 1 });
          });
          return [...threads, ...messages.flatMap((statuses, i) => history(threadId, i + 1, statuses))];
        };
        const draw = (below: number) => (random.next().value as number) % below;

        const inOrder = `ordered-${++run}`;
        await feed(...write(inOrder));

        const shuffled = `shuffled-${run}`;
        const entries = write(shuffled);
        const arrivals = entries.concat(entries.filter(() => draw(2) === 0));
        for (let i = arrivals.length - 1; i > 0; i--) {
          const j = draw(i + 1);
          [arrivals[i], arrivals[j]] = [arrivals[j] as Entry, arrivals[i] as Entry];
        }
        while (arrivals.length > 0) await feed(...arrivals.splice(0, 1 + draw(5)));

        const plain = async (threadId: string) => JSON.stringify(await shown(threadId)).replaceAll(threadId, 'thread');
        expect(await plain(shuffled)).toBe(await plain(inOrder));
      },
    ),
    { numRuns: 40 },
  );
});
