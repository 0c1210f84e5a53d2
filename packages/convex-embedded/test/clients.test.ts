import { ConvexClient, type ConvexClientOptions, ConvexHttpClient } from 'convex/browser';
import { ConvexError } from 'convex/values';
import { expect, test, vi } from 'vitest';
import WebSocket from 'ws';
import { a, m, q } from './api.ts';
import { onEnd, serve, until } from './harness.ts';
import { issuer } from './tokens.ts';

const sockets = new Set<WebSocket>();
class TrackedSocket extends WebSocket {
  constructor(url: string | URL) {
    super(url);
    sockets.add(this);
    this.once('close', () => sockets.delete(this));
  }
}

function client(url: string, logger: NonNullable<ConvexClientOptions['logger']> = false): ConvexClient {
  const made = new ConvexClient(url, {
    webSocketConstructor: TrackedSocket as unknown as typeof globalThis.WebSocket,
    logger,
  });
  onEnd(() => made.close());
  return made;
}

type Row = { _id: string; body: string; n: number };

test('a subscriber sees every change that concerns it and is not woken by others', async () => {
  const server = await serve();
  const seen: number[] = [];
  const writer = client(server.url);
  client(server.url).onUpdate(q<Row[]>('messages:list'), { channel: 'mine' }, (rows) => seen.push(rows.length));
  await until(() => seen.length === 1);
  await writer.mutation(m('messages:send'), { channel: 'mine', body: 'one', n: 1 });
  await until(() => seen.length === 2);
  const { queriesRerun } = server.metrics;
  for (let i = 0; i < 5; i++) await writer.mutation(m('messages:send'), { channel: 'other', body: 'x', n: i });
  expect(server.metrics.queriesRerun).toBe(queriesRerun);
  expect(seen).toEqual([0, 1]);
});

test('a query of a document by its id sees it change and go', async () => {
  const server = await serve();
  const one = client(server.url);
  const id = await one.mutation(m<string>('messages:send'), { channel: 'c', body: 'x', n: 1 });
  let seen: Row | null | undefined;
  one.onUpdate(q<Row | null>('messages:byId'), { id }, (row) => {
    seen = row;
  });
  await until(() => seen?.n === 1);
  await one.mutation(m('messages:edit'), { id, n: 2 });
  expect(seen?.n).toBe(2);
  await one.mutation(m('messages:remove'), { id });
  expect(seen).toBeNull();
});

test('forty subscribers of one query cost one run for each change', async () => {
  const server = await serve();
  const counts = new Array<number>(40).fill(0);
  for (let i = 0; i < counts.length; i++) {
    client(server.url).onUpdate(q<Row[]>('messages:list'), { channel: 'busy' }, (rows) => {
      counts[i] = rows.length;
    });
  }
  await until(() => server.metrics.queriesShared === counts.length - 1);
  const http = new ConvexHttpClient(server.url);
  const before = server.metrics.queriesRun;
  await http.mutation(m('messages:send'), { channel: 'busy', body: 'hello', n: 1 });
  await until(() => counts.every((count) => count === 1));
  expect(server.metrics.queriesRun - before).toBe(1);
});

test('a mutation is visible to its client as soon as its promise resolves', async () => {
  const server = await serve();
  const one = client(server.url);
  let value = -1;
  one.onUpdate(q<number>('counters:get'), { name: 'own' }, (v) => {
    value = v;
  });
  for (let i = 1; i <= 30; i++) {
    await one.mutation(m('counters:add'), { name: 'own', by: 1 });
    expect(value).toBe(i);
  }
});

test('sockets cut at random: every mutation takes effect exactly once and views catch up', async () => {
  const server = await serve();
  const clients = [client(server.url), client(server.url), client(server.url)];
  const values: number[] = [];
  clients.forEach((c, i) => {
    c.onUpdate(q<number>('counters:get'), { name: 'cut' }, (v) => {
      expect(v).toBeGreaterThanOrEqual(values[i] ?? 0);
      values[i] = v;
    });
  });
  const cutter = setInterval(() => {
    for (const socket of sockets) if (Math.random() < 0.3) socket.terminate();
  }, 40);
  onEnd(() => clearInterval(cutter));
  const sent: Promise<unknown>[] = [];
  for (let i = 0; i < 90; i++) {
    sent.push((clients[i % 3] as ConvexClient).mutation(m('counters:add'), { name: 'cut', by: 1 }));
    if (i % 10 === 0) await new Promise((resolve) => setTimeout(resolve, 20));
  }
  setTimeout(() => clearInterval(cutter), 600);
  await Promise.all(sent);
  await until(() => values.length === 3 && values.every((v) => v === 90));
});

test('nested mutations roll back alone; actions call functions; the scheduler runs jobs once or not at all', async () => {
  const server = await serve();
  const http = new ConvexHttpClient(server.url);
  expect(await http.mutation(m('counters:nested'), { name: 'n' })).toEqual({ value: 11, data: { code: 'nested' } });
  expect(await http.action(a('counters:viaAction'), { name: 'v' })).toBe(5);
  await http.mutation(m('counters:later'), { name: 'soon', by: 3, afterMs: 10 });
  const id = await http.mutation(m<string>('counters:later'), { name: 'never', by: 3, afterMs: 60_000 });
  await http.mutation(m('counters:cancel'), { id });
  const watcher = client(server.url);
  let kinds: string[] = [];
  watcher.onUpdate(q<{ state: { kind: string } }[]>('counters:jobs'), {}, (jobs) => {
    kinds = jobs.map((job) => job.state.kind);
  });
  await until(() => kinds.join() === 'success,canceled');
  expect(await http.query(q('counters:get'), { name: 'soon' })).toBe(3);
  expect(await http.query(q('counters:get'), { name: 'never' })).toBe(0);
});

test('clients learn the data of a ConvexError and nothing of any other error', async () => {
  const server = await serve();
  const http = new ConvexHttpClient(server.url);
  const refused = await http.mutation(m('messages:refuse'), { reason: 'no' }).catch((error: unknown) => error);
  expect(refused).toBeInstanceOf(ConvexError);
  expect((refused as ConvexError<{ code: string; reason: string }>).data).toEqual({ code: 'refused', reason: 'no' });
  for (const failing of [
    () => http.mutation(m('messages:crash'), {}),
    () => http.mutation(m('messages:send'), { channel: 1 }),
    () => http.query(q('counters:impure'), { what: 'fetch' }),
  ]) {
    const error = (await failing().catch((e: unknown) => e)) as Error;
    expect(error.message).toMatch(/^\[Request ID: [0-9a-f]{16}\] Server Error$/);
  }
  const dev = new ConvexHttpClient((await serve({ dev: true })).url);
  await expect(dev.mutation(m('messages:crash'), {})).rejects.toThrow('hunter2');
  await expect(dev.mutation(m('messages:send'), { channel: 1 })).rejects.toThrow('ArgumentValidationError');
  await expect(dev.mutation(m('counters:addInternal'), { name: 'a', by: 1 })).rejects.toThrow('public function');
});

test('queries and mutations have a frozen clock and no way to the network or the process', async () => {
  const http = new ConvexHttpClient((await serve({ dev: true, env: { GREETING: 'hi' } })).url);
  expect(await http.query(q('counters:impure'), { what: 'clock' })).toBe(0);
  expect(await http.query(q('counters:impure'), { what: 'process' })).toEqual([
    'CONVEX_CLOUD_URL',
    'CONVEX_SITE_URL',
    'GREETING',
  ]);
  await expect(http.query(q('counters:impure'), { what: 'timer' })).rejects.toThrow('setTimeout');
});

test('a query that failed recovers when what it looked for appears', async () => {
  const server = await serve();
  const one = client(server.url);
  let last: unknown = null;
  one.onUpdate(
    q<string>('messages:failsUntil'),
    { channel: 'late' },
    (body) => {
      last = body;
    },
    (error) => {
      last = (error as ConvexError<string>).data;
    },
  );
  await until(() => last === 'empty');
  await one.mutation(m('messages:send'), { channel: 'late', body: 'here', n: 1 });
  expect(last).toBe('here');
});

test('pages stay without gaps while rows arrive inside them', async () => {
  const server = await serve();
  const http = new ConvexHttpClient(server.url);
  for (const n of [0, 2, 4, 6, 8]) await http.mutation(m('messages:send'), { channel: 'p', body: 'x', n });
  const one = client(server.url);
  type Page = { page: Row[]; isDone: boolean; continueCursor: string };
  let first: Page | null = null;
  const watch = (cursor: string | null, seen: (page: Page) => void) =>
    one.onUpdate(q<Page>('messages:page'), { channel: 'p', paginationOpts: { numItems: 3, cursor } }, seen);
  watch(null, (page) => {
    first = page;
  });
  await until(() => first !== null);
  let second: Page | null = null;
  watch((first as unknown as Page).continueCursor, (page) => {
    second = page;
  });
  await until(() => second !== null);
  await one.mutation(m('messages:send'), { channel: 'p', body: 'x', n: 3 });
  await one.mutation(m('messages:send'), { channel: 'p', body: 'x', n: 9 });
  const rows = [...(first as unknown as Page).page, ...(second as unknown as Page).page].map((row) => row.n);
  expect(rows).toEqual([0, 2, 3, 4, 6, 8, 9]);
  expect((second as unknown as Page).isDone).toBe(true);
});

test.each(['ES256', 'RS256'] as const)(
  'a token signed with %s identifies its user; a forged or foreign one does not',
  async (algorithm) => {
    const good = issuer(algorithm);
    const server = await serve({ env: good.env });
    const http = new ConvexHttpClient(server.url);
    expect(await http.query(q('identity:whole'), {})).toBeNull();
    http.setAuth(good.token({ sub: 'u1', tenant: 't1', role: 'agent' }));
    expect(await http.query(q('identity:whole'), {})).toMatchObject({ subject: 'u1', tenant: 't1', role: 'agent' });
    for (const bad of [
      issuer(algorithm).token({ sub: 'u1' }),
      good.token({ sub: 'u1', aud: 'other' }),
      good.token({ sub: 'u1', iss: 'https://other.test' }),
      good.token({ sub: 'u1' }, -60),
      'nonsense',
    ]) {
      http.setAuth(bad);
      await expect(http.query(q('identity:whole'), {})).rejects.toThrow();
    }
  },
);

test('callers who agree on the claims a query reads share its run; others never see each other’s result', async () => {
  const keys = issuer();
  const server = await serve({ env: keys.env });
  const results = new Map<string, unknown>();
  const users = ['a:t1', 'b:t1', 'c:t1', 'd:t2'];
  for (const user of users) {
    const [sub, tenant] = user.split(':');
    const one = client(server.url);
    one.setAuth(async () => keys.token({ sub, tenant }));
    one.onUpdate(q('identity:tenant'), {}, (result) => results.set(user, result));
  }
  const expected = (counters: number) =>
    JSON.stringify(users.map((user) => [user, { counters, tenant: user.split(':')[1] }]));
  const now = () => JSON.stringify(users.map((user) => [user, results.get(user)]));
  await until(() => now() === expected(0));
  const before = server.metrics.queriesRun;
  await new ConvexHttpClient(server.url).mutation(m('counters:add'), { name: 'x', by: 1 });
  await until(() => now() === expected(1));
  expect(server.metrics.queriesRun - before).toBe(2);
});

test('a token that runs out is asked for again and the view goes on', async () => {
  const keys = issuer();
  const server = await serve({ env: keys.env });
  const one = client(server.url);
  let fetched = 0;
  one.setAuth(async () => {
    fetched++;
    return keys.token({ sub: 'u', tenant: `t${fetched}` }, fetched < 3 ? 3 : 300);
  });
  let tenant: unknown = null;
  one.onUpdate(q<{ tenant: string | null }>('identity:tenant'), {}, (result) => {
    tenant = result.tenant;
  });
  await until(() => fetched >= 3 && tenant === `t${fetched}`, 20_000);
});

test('an official client has nothing to complain of, even when the last change was long ago', async () => {
  const keys = issuer();
  const dayAgo = Date.now() - 86_400_000;
  const clock = vi.spyOn(Date, 'now').mockReturnValue(dayAgo);
  const server = await serve({ env: keys.env });
  clock.mockRestore();
  const complaints: unknown[] = [];
  const complain = (...args: unknown[]) => complaints.push(args);
  const one = client(server.url, { log: complain, warn: complain, error: complain, logVerbose: () => undefined });
  one.setAuth(async () => keys.token({ sub: 'u1', tenant: 't1' }));
  let tenant: unknown = null;
  one.onUpdate(q<{ tenant: unknown }>('identity:tenant'), {}, (result) => {
    tenant = result.tenant;
  });
  await until(() => tenant === 't1');
  await one.mutation(m('counters:add'), { name: 'quiet', by: 1 });
  expect(complaints).toEqual([]);
});
