import type { ConvexHttpClient } from 'convex/browser';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { api } from './_generated/api.js';
import { type HotTier, messageRow, refusalOf, startHotTier, threadRow, type Who } from './testing.kit.ts';

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

describe('threads of a team', () => {
  const IN = { tenant: 'acme', user: 'ines', teams: ['repairs'] };
  const OUT = { tenant: 'acme', user: 'otto', teams: ['sales'] };
  const OVER = { tenant: 'acme', user: 'sue', role: 'supervisor' as const };
  /** Somebody of another company who says to be in a team of the same id. */
  const FOREIGN = { tenant: 'zenith', user: 'ines', teams: ['repairs'] };
  const row = (change = {}) => threadRow('acme', 'of repairs', { lastSeq: 1, teamId: 'repairs', ...change });

  const ways = (client: ConvexHttpClient): Record<string, () => Promise<unknown>> => {
    const threadId = 'of repairs';
    return {
      'inbox:recent': async () =>
        (await client.query(api.inbox.recent, { limit: 100 })).threads.filter((thread) => thread.threadId === threadId),
      'smsMessages:forThread': () => client.query(api.smsMessages.forThread, { threadId }),
      'locks:forThread': () => client.query(api.locks.forThread, { threadId }),
      'locks:held': async () =>
        (await client.query(api.locks.held, {})).locks.filter((lock) => lock.threadId === threadId),
      'typing:forThread': () => client.query(api.typing.forThread, { threadId }),
    };
  };
  const nothing = {
    'inbox:recent': [],
    'smsMessages:forThread': { messages: [], thread: null, completeFrom: null },
    'locks:forThread': { holder: null, token: 0, expiresAt: null },
    'locks:held': [],
    'typing:forThread': { typing: [] },
  };
  const seenBy = async (who: Who) => {
    const asked = Object.entries(ways(await hot.as(who))).map(async ([name, ask]) => [name, await ask()] as const);
    return Object.fromEntries(await Promise.all(asked));
  };

  test('are seen, locked and typed in by its people and by roles that see all, and are not there for others', async () => {
    const [server, ines, otto] = [await hot.server(), await hot.as(IN), await hot.as(OUT)];
    await server.mutation(api.feed.hydrate, { thread: row(), messages: [messageRow('acme', 'of repairs', 1)] });
    const { token } = await ines.mutation(api.locks.take, { threadId: 'of repairs', tabId: 'i' });
    await ines.mutation(api.typing.set, { threadId: 'of repairs' });

    for (const stranger of [OUT, FOREIGN, { ...OUT, teams: [] }]) expect(await seenBy(stranger)).toEqual(nothing);
    for (const who of [IN, OVER, { ...OVER, role: 'owner' as const }]) {
      const seen = await seenBy(who);
      for (const [name, empty] of Object.entries(nothing)) expect(seen[name], name).not.toEqual(empty);
    }
    const take = otto.mutation(api.locks.take, { threadId: 'of repairs', tabId: 'o' });
    const takeUnknown = otto.mutation(api.locks.take, { threadId: 'of nobody', tabId: 'o' });
    expect(await refusalOf(take)).toEqual(await refusalOf(takeUnknown));
    await otto.mutation(api.typing.set, { threadId: 'of repairs' });
    expect((await ines.query(api.typing.forThread, { threadId: 'of repairs' })).typing).toHaveLength(1);

    await server.mutation(api.feed.apply, {
      entries: [{ kind: 'thread', version: 2, row: row({ version: 2, teamId: 'sales' }) }],
    });
    const { 'typing:forThread': _fades, ...rest } = nothing;
    expect(await seenBy(IN)).toMatchObject(rest);
    const renew = ines.mutation(api.locks.renew, { threadId: 'of repairs', tabId: 'i', token });
    expect(await refusalOf(renew)).toMatchObject({ code: 'lock_lost' });
    expect((await seenBy(OUT))['locks:held']).toMatchObject([{ holder: { userId: 'ines' } }]);
  });

  test('one’s newest threads come from one’s teams and from no team alike, newest first', async () => {
    const server = await hot.server();
    const teams = ['red', 'blue', null, 'green'];
    for (let i = 0; i < 20; i++) {
      const thread = threadRow('umbra', `t${i}`, { teamId: teams[i % 4] ?? null, updatedAt: 1000 + i });
      await server.mutation(api.feed.hydrate, { thread, messages: [] });
    }
    const ids = async (who: Who) =>
      (await (await hot.as(who)).query(api.inbox.recent, { limit: 7 })).threads.map(({ threadId }) => threadId);
    expect(await ids({ tenant: 'umbra', user: 'a', teams: ['blue', 'red'] })).toEqual([
      't18',
      't17',
      't16',
      't14',
      't13',
      't12',
      't10',
    ]);
    expect(await ids({ tenant: 'umbra', user: 'b' })).toEqual(['t18', 't14', 't10', 't6', 't2']);
  });
});
