import { afterAll, beforeAll, expect, test } from 'vitest';
import { api } from './_generated/api.js';
import { type HotTier, messageRow, refusalOf, startHotTier, threadRow } from './testing.kit.ts';

const OURS = { tenant: 'acme', user: 'ana' };
const THEIRS = { tenant: 'zenith', user: 'zoe' };

let hot: HotTier;
beforeAll(async () => {
  hot = await startHotTier();
});
afterAll(() => hot.close());

test('another tenant’s threads are not seen, not locked and not typed in, by any function', async () => {
  const [server, ana, zoe] = [await hot.server(), await hot.as(OURS), await hot.as(THEIRS)];
  await server.mutation(api.feed.hydrate, {
    thread: threadRow('acme', 'secret', { lastSeq: 1 }),
    messages: [messageRow('acme', 'secret', 1)],
  });
  const { token } = await ana.mutation(api.locks.take, { threadId: 'secret', tabId: 'a' });
  await ana.mutation(api.typing.set, { threadId: 'secret' });

  expect(await zoe.query(api.inbox.recent, {})).toEqual({ threads: [] });
  expect(await zoe.query(api.smsMessages.forThread, { threadId: 'secret' })).toEqual({
    messages: [],
    thread: null,
    completeFrom: null,
  });
  expect(await zoe.query(api.locks.forThread, { threadId: 'secret' })).toEqual({
    holder: null,
    token: 0,
    expiresAt: null,
  });
  expect(await zoe.query(api.locks.held, {})).toEqual({ locks: [] });
  expect(await zoe.query(api.typing.forThread, { threadId: 'secret' })).toEqual({ typing: [] });

  const take = zoe.mutation(api.locks.take, { threadId: 'secret', tabId: 'z' });
  expect(await refusalOf(take)).toMatchObject({ code: 'thread_cold' });
  const renew = zoe.mutation(api.locks.renew, { threadId: 'secret', tabId: 'a', token });
  expect(await refusalOf(renew)).toMatchObject({ code: 'lock_lost' });
  await zoe.mutation(api.locks.release, { threadId: 'secret', tabId: 'a', token });
  await zoe.mutation(api.typing.set, { threadId: 'secret' });
  await zoe.mutation(api.typing.clear, { threadId: 'secret' });

  expect(await ana.query(api.locks.forThread, { threadId: 'secret' })).toMatchObject({
    holder: { userId: 'ana' },
    token,
  });
  expect((await ana.query(api.typing.forThread, { threadId: 'secret' })).typing.map(({ userId }) => userId)).toEqual([
    'ana',
  ]);
  expect(await server.query(api.maintenance.counts, { tenantId: 'zenith' })).toEqual({
    threads: 0,
    messages: 0,
    locks: 0,
    typing: 0,
  });
});

test('a person of another tenant with the same id is somebody else', async () => {
  const server = await hot.server();
  await server.mutation(api.feed.hydrate, { thread: threadRow('acme', 'twin'), messages: [] });
  const { token } = await (await hot.as(OURS)).mutation(api.locks.take, { threadId: 'twin', tabId: 'a' });
  const twin = await hot.as({ tenant: 'zenith', user: 'ana' });
  await twin.mutation(api.locks.release, { threadId: 'twin', tabId: 'a', token });
  expect(await server.query(api.locks.current, { tenantId: 'acme', threadId: 'twin' })).toMatchObject({ token });
  const claim = { tenantId: 'zenith', threadId: 'twin', userId: 'ana', token };
  expect(await refusalOf(server.mutation(api.locks.claimSend, claim))).toMatchObject({ code: 'lock_lost' });
  await server.mutation(api.locks.dropSession, { tenantId: 'zenith', userId: 'ana' });
  expect(await server.query(api.locks.current, { tenantId: 'acme', threadId: 'twin' })).toMatchObject({
    holder: { userId: 'ana' },
  });
});

test('a feed that gives a known row to another tenant is refused whole', async () => {
  const [server, ana] = [await hot.server(), await hot.as(OURS)];
  await server.mutation(api.feed.hydrate, {
    thread: threadRow('acme', 'ours', { lastSeq: 1 }),
    messages: [messageRow('acme', 'ours', 1)],
  });
  const moved = threadRow('zenith', 'ours', { version: 9 });
  const other = threadRow('zenith', 'other');
  await expect(
    server.mutation(api.feed.apply, {
      entries: [
        { kind: 'thread', version: 1, row: other },
        { kind: 'thread', version: 9, row: moved },
      ],
    }),
  ).rejects.toThrow();
  await expect(
    server.mutation(api.feed.hydrate, { thread: other, messages: [messageRow('zenith', 'ours', 1, { version: 9 })] }),
  ).rejects.toThrow();
  expect(await (await hot.as(THEIRS)).query(api.inbox.recent, {})).toEqual({ threads: [] });
  expect(await ana.query(api.smsMessages.forThread, { threadId: 'ours' })).toMatchObject({ thread: { version: 1 } });
});
