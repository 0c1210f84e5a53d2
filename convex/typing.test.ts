import { TYPING_MS } from '@patchline/contracts/locks';
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { api } from './_generated/api.js';
import { type HotTier, startHotTier, threadRow } from './testing.kit.ts';

let hot: HotTier;
let ana: Awaited<ReturnType<HotTier['as']>>;
beforeAll(async () => {
  hot = await startHotTier();
  ana = await hot.as({ tenant: 'acme', user: 'ana' });
  const server = await hot.server();
  for (const threadId of ['one', 'two', 'three']) {
    await server.mutation(api.feed.hydrate, { thread: threadRow('acme', threadId), messages: [] });
  }
});
afterAll(() => hot.close());
afterEach(() => vi.useRealTimers());

const typing = async (threadId: string) => (await ana.query(api.typing.forThread, { threadId })).typing;

test('the team sees who types, until they stop', async () => {
  const ben = await hot.as({ tenant: 'acme', user: 'ben' });
  await ben.mutation(api.typing.set, { threadId: 'one' });
  await ana.mutation(api.typing.set, { threadId: 'one' });
  expect((await typing('one')).map(({ name }) => name)).toEqual(['Ana Example', 'Ben Example']);
  await ben.mutation(api.typing.clear, { threadId: 'one' });
  await ben.mutation(api.typing.clear, { threadId: 'one' });
  expect((await typing('one')).map(({ userId }) => userId)).toEqual(['ana']);
});

test('keys pressed one after the other are one write, and typing on keeps the mark', async () => {
  const start = Date.now();
  vi.useFakeTimers({ toFake: ['Date'], now: start });
  await ana.mutation(api.typing.set, { threadId: 'two' });
  vi.setSystemTime(start + TYPING_MS / 2 - 1);
  await ana.mutation(api.typing.set, { threadId: 'two' });
  expect(await typing('two')).toMatchObject([{ expiresAt: start + TYPING_MS }]);
  vi.setSystemTime(start + TYPING_MS - 1);
  await ana.mutation(api.typing.set, { threadId: 'two' });
  expect(await typing('two')).toMatchObject([{ expiresAt: start + 2 * TYPING_MS - 1 }]);
});

test('the mark goes away by itself, and typing on keeps it', async () => {
  vi.useFakeTimers({ toFake: ['Date', 'setTimeout', 'clearTimeout'], shouldClearNativeTimers: true });
  const own = await startHotTier();
  try {
    await (await own.server()).mutation(api.feed.hydrate, { thread: threadRow('acme', 'own'), messages: [] });
    const [anas, watcher] = [
      await own.as({ tenant: 'acme', user: 'ana' }),
      await own.live({ tenant: 'acme', user: 'ben' }),
    ];
    const gone = Promise.withResolvers<void>();
    let seen = false;
    watcher.onUpdate(api.typing.forThread, { threadId: 'own' }, ({ typing }) => {
      if (seen && typing.length === 0) gone.resolve();
      seen = typing.length > 0;
    });
    await anas.mutation(api.typing.set, { threadId: 'own' });
    await vi.advanceTimersByTimeAsync(TYPING_MS - 1);
    await anas.mutation(api.typing.set, { threadId: 'own' });
    await vi.advanceTimersByTimeAsync(TYPING_MS - 1);
    expect((await anas.query(api.typing.forThread, { threadId: 'own' })).typing).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(1);
    await gone.promise;
  } finally {
    await own.close();
  }
});

test('typing in a thread that is not loaded leaves nothing behind', async () => {
  await ana.mutation(api.typing.set, { threadId: 'nowhere' });
  expect(await typing('nowhere')).toEqual([]);
});
