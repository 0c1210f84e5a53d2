import { LOCK_LEASE_MS } from '@patchline/contracts/locks';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { api } from './_generated/api.js';
import { type HotTier, refusalOf, startHotTier, threadRow, type Who } from './testing.kit.ts';

const ana: Who = { tenant: 'acme', user: 'ana' };
const ben: Who = { tenant: 'acme', user: 'ben' };

let hot: HotTier;
let server: Awaited<ReturnType<HotTier['server']>>;
beforeAll(async () => {
  hot = await startHotTier();
  server = await hot.server();
});
afterAll(() => hot.close());
afterEach(() => vi.useRealTimers());

let threads = 0;
/** A loaded thread of its own for each test. */
async function openThread(fence = 0): Promise<string> {
  const threadId = `thread-${++threads}`;
  await server.mutation(api.feed.hydrate, { thread: threadRow('acme', threadId, { fence }), messages: [] });
  return threadId;
}
const take = async (who: Who, threadId: string, tabId = `tab of ${who.user}`) =>
  (await hot.as(who)).mutation(api.locks.take, { threadId, tabId });
const state = async (threadId: string) => (await hot.as(ana)).query(api.locks.forThread, { threadId });
const claim = (threadId: string, userId: string, token: number) =>
  server.mutation(api.locks.claimSend, { tenantId: 'acme', threadId, userId, token });

describe('taking', () => {
  test('a hundred agents grab one thread: one gets it, the others learn who', async () => {
    const threadId = await openThread();
    const agents = Array.from({ length: 100 }, (_, i) => ({ tenant: 'acme', user: `agent${i}` }));
    const clients = await Promise.all(agents.map((agent) => hot.as(agent)));
    const refusals = await Promise.all(
      clients.map((client, i) => refusalOf(client.mutation(api.locks.take, { threadId, tabId: `tab${i}` }))),
    );
    const winners = agents.filter((_, i) => refusals[i] === null);
    expect(winners).toHaveLength(1);
    const { holder } = await state(threadId);
    expect(holder?.userId).toBe(winners[0]?.user);
    for (const refusal of refusals) {
      if (refusal) {
        expect(refusal).toMatchObject({
          code: 'thread_locked',
          holder: { userId: holder?.userId, name: holder?.name },
        });
      }
    }
  });

  test('a thread that is not loaded is refused, because its fence is not known', async () => {
    expect(await refusalOf(take(ana, 'nowhere'))).toMatchObject({ code: 'thread_cold' });
  });

  test('the holder’s tab taking it again keeps its token; the holder’s other tab is another holder', async () => {
    const threadId = await openThread();
    const { token } = await take(ana, threadId);
    expect(await take(ana, threadId)).toMatchObject({ token });
    expect(await refusalOf(take(ana, threadId, 'second tab'))).toMatchObject({
      code: 'thread_locked',
      holder: { userId: 'ana' },
    });
  });

  test('a token is above the fence, also when the hot tier has just been filled again', async () => {
    const fence = Date.now() + 1_000_000;
    const threadId = await openThread(fence);
    expect((await take(ana, threadId)).token).toBe(fence + 1);
  });

  test('every holding has a higher token than the one before', async () => {
    const threadId = await openThread();
    let last = 0;
    for (const who of [ana, ben, ana, ben]) {
      const { token } = await take(who, threadId);
      expect(token).toBeGreaterThan(last);
      last = token;
      await (await hot.as(who)).mutation(api.locks.release, { threadId, tabId: `tab of ${who.user}`, token });
      expect(await state(threadId)).toEqual({ holder: null, token, expiresAt: null });
    }
  });

  test('a tab without a name or with a book for one is refused', async () => {
    const threadId = await openThread();
    for (const tabId of ['', 'x'.repeat(129)]) {
      expect(await refusalOf(take(ana, threadId, tabId))).toMatchObject({ code: 'invalid_input', field: 'tabId' });
    }
  });
});

describe('keeping and giving back', () => {
  test('only the holder’s tab with its token renews and releases', async () => {
    const threadId = await openThread();
    const { token } = await take(ana, threadId, 'tab');
    const [anas, bens] = [await hot.as(ana), await hot.as(ben)];
    for (const [client, tabId, presented] of [
      [bens, 'tab', token],
      [anas, 'other tab', token],
      [anas, 'tab', token - 1],
    ] as const) {
      const renewal = client.mutation(api.locks.renew, { threadId, tabId, token: presented });
      expect(await refusalOf(renewal)).toMatchObject({ code: 'lock_lost' });
      await client.mutation(api.locks.release, { threadId, tabId, token: presented });
      expect((await state(threadId)).holder).toMatchObject({ userId: 'ana', tabId: 'tab' });
    }
    const { expiresAt } = await anas.mutation(api.locks.renew, { threadId, tabId: 'tab', token });
    expect(await state(threadId)).toMatchObject({ token, expiresAt });
    await anas.mutation(api.locks.release, { threadId, tabId: 'tab', token });
    await anas.mutation(api.locks.release, { threadId, tabId: 'tab', token });
    expect((await state(threadId)).holder).toBeNull();
  });

  test('a beacon through the server releases, unless somebody else has the thread by then', async () => {
    const threadId = await openThread();
    const { token } = await take(ana, threadId, 'tab');
    const beacon = { tenantId: 'acme', threadId, userId: 'ana', tabId: 'tab', token };
    await server.mutation(api.locks.releaseFor, beacon);
    expect((await state(threadId)).holder).toBeNull();
    await take(ben, threadId);
    await server.mutation(api.locks.releaseFor, beacon);
    expect((await state(threadId)).holder).toMatchObject({ userId: 'ben' });
  });

  test('who is answering is shown to the whole team, and no longer when it ends', async () => {
    const threadId = await openThread();
    const { token } = await take(ana, threadId, 'tab');
    const bens = await hot.as(ben);
    const mine = async () => (await bens.query(api.locks.held, {})).locks.filter((lock) => lock.threadId === threadId);
    expect(await mine()).toEqual([{ threadId, holder: { userId: 'ana', name: 'Ana Example' }, token }]);
    await (await hot.as(ana)).mutation(api.locks.release, { threadId, tabId: 'tab', token });
    expect(await mine()).toEqual([]);
  });

  test('a renewal is not told to those who look at the whole team’s locks', async () => {
    const threadId = await openThread();
    const { token } = await take(ana, threadId, 'tab');
    const watcher = await hot.live(ben);
    let tellings = 0;
    let leaseEnd = 0;
    const first = Promise.withResolvers<void>();
    watcher.onUpdate(api.locks.held, {}, () => {
      tellings++;
      first.resolve();
    });
    await first.promise;
    const renewed = Promise.withResolvers<void>();
    watcher.onUpdate(api.locks.forThread, { threadId }, ({ expiresAt }) => {
      if (leaseEnd !== 0 && expiresAt !== leaseEnd) renewed.resolve();
      leaseEnd = expiresAt ?? 0;
      if (leaseEnd !== 0 && tellings === 1) renewals.resolve();
    });
    const renewals = Promise.withResolvers<void>();
    await renewals.promise;
    await claim(threadId, 'ana', token);
    await renewed.promise;
    expect(tellings).toBe(1);
  });

  test('signing out gives back all that the person held', async () => {
    const [one, two, three] = [await openThread(), await openThread(), await openThread()];
    await take(ana, one);
    await take(ana, two, 'second tab');
    await take(ben, three);
    await server.mutation(api.locks.dropSession, { tenantId: 'acme', userId: 'ana' });
    expect((await state(one)).holder).toBeNull();
    expect((await state(two)).holder).toBeNull();
    expect((await state(three)).holder).toMatchObject({ userId: 'ben' });
  });
});

describe('running out', () => {
  test('a lease that ran out is nobody’s: it is not renewed, sends nothing, and the next one gets the thread', async () => {
    const threadId = await openThread();
    const { token, expiresAt } = await take(ana, threadId, 'tab');
    const anas = await hot.as(ana);
    vi.useFakeTimers({ toFake: ['Date'], now: expiresAt });
    expect(await refusalOf(anas.mutation(api.locks.renew, { threadId, tabId: 'tab', token }))).toMatchObject({
      code: 'lock_lost',
    });
    expect(await refusalOf(claim(threadId, 'ana', token))).toMatchObject({ code: 'lock_lost' });
    expect((await take(ben, threadId)).token).toBeGreaterThan(token);
  });

  test('the lock is freed by itself when its lease runs out, renewed or not, and everybody sees it', async () => {
    // Its own hot tier, because its scheduler's timers are stopped for good.
    vi.useFakeTimers({ toFake: ['Date', 'setTimeout', 'clearTimeout'], shouldClearNativeTimers: true });
    const own = await startHotTier();
    try {
      const ours = await own.server();
      await ours.mutation(api.feed.hydrate, { thread: threadRow('acme', 'own'), messages: [] });
      const watcher = await own.live(ben);
      const freed = Promise.withResolvers<number>();
      let held = false;
      watcher.onUpdate(api.locks.forThread, { threadId: 'own' }, ({ holder }) => {
        if (held && holder === null) freed.resolve(Date.now());
        held = holder !== null;
      });
      const anas = await own.as(ana);
      const { token } = await anas.mutation(api.locks.take, { threadId: 'own', tabId: 'tab' });
      await vi.advanceTimersByTimeAsync(LOCK_LEASE_MS - 1000);
      const renewed = await anas.mutation(api.locks.renew, { threadId: 'own', tabId: 'tab', token });
      await vi.advanceTimersByTimeAsync(LOCK_LEASE_MS - 1);
      expect(await own.as(ben).then((client) => client.query(api.locks.held, {}))).toMatchObject({
        locks: [{ token }],
      });
      await vi.advanceTimersByTimeAsync(1);
      expect(await freed.promise).toBe(renewed.expiresAt);
    } finally {
      await own.close();
    }
  });
});

describe('sending and taking over', () => {
  test('only the holder with the holder’s token may send, and the claim moves the lease on', async () => {
    const threadId = await openThread();
    const { token, expiresAt } = await take(ana, threadId);
    vi.useFakeTimers({ toFake: ['Date'], now: expiresAt - 1 });
    expect(await claim(threadId, 'ana', token)).toEqual({ ok: true, expiresAt: expiresAt - 1 + LOCK_LEASE_MS });
    expect(await refusalOf(claim(threadId, 'ben', token))).toMatchObject({ code: 'lock_lost' });
    expect(await refusalOf(claim(threadId, 'ana', token - 1))).toMatchObject({ code: 'lock_lost' });
    expect(await refusalOf(claim(threadId, 'ana', token + 1))).toMatchObject({ code: 'lock_lost' });
    expect(await refusalOf(claim(await openThread(), 'ana', token))).toMatchObject({ code: 'lock_lost' });
  });

  test('after a take-over the former holder can neither send nor renew, and the new one can send', async () => {
    const threadId = await openThread();
    const { token } = await take(ana, threadId, 'tab');
    const sue = { userId: 'sue', name: 'Sue', tabId: 'sue’s tab' };
    const { token: current } = await server.query(api.locks.current, { tenantId: 'acme', threadId });
    expect(current).toBe(token);
    const refused = await server.mutation(api.locks.transfer, { tenantId: 'acme', threadId, holder: sue, token });
    expect(refused).toEqual({ ok: false, token });
    const moved = await server.mutation(api.locks.transfer, {
      tenantId: 'acme',
      threadId,
      holder: sue,
      token: token + 1,
    });
    expect(moved.ok).toBe(true);
    expect(await state(threadId)).toMatchObject({ holder: sue, token: token + 1 });
    expect(await refusalOf(claim(threadId, 'ana', token))).toMatchObject({ code: 'lock_lost' });
    const renewal = (await hot.as(ana)).mutation(api.locks.renew, { threadId, tabId: 'tab', token });
    expect(await refusalOf(renewal)).toMatchObject({ code: 'lock_lost' });
    expect(await claim(threadId, 'sue', token + 1)).toMatchObject({ ok: true });
  });

  test('a take-over of a thread nobody ever took says which token is needed, and then succeeds', async () => {
    const threadId = await openThread();
    const holder = { userId: 'sue', name: 'Sue', tabId: 'tab' };
    const first = await server.mutation(api.locks.transfer, { tenantId: 'acme', threadId, holder, token: 1 });
    if (first.ok) throw new Error('A token from before the loss was accepted');
    const token = first.token + 1;
    expect(await server.mutation(api.locks.transfer, { tenantId: 'acme', threadId, holder, token })).toMatchObject({
      ok: true,
    });
    expect(await claim(threadId, 'sue', token)).toMatchObject({ ok: true });
  });
});
