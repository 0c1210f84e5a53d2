import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ConvexClient, ConvexHttpClient } from 'convex/browser';
import { cronJobs, defineSchema, defineTable, makeFunctionReference } from 'convex/server';
import { v } from 'convex/values';
import { expect, test } from 'vitest';
import WebSocket from 'ws';
import { startServer } from '../src/index.ts';
import { m, q } from './api.ts';
import * as counters from './convex/counters.ts';
import { onEnd, serve, silent, until } from './harness.ts';
import { add, connect, type Message, raw } from './raw-socket.ts';

test('a mutation sent again over a new socket is answered from memory', async () => {
  const server = await serve();
  const mutation = { type: 'Mutation', requestId: 0, udfPath: 'counters:add', args: [{ name: 'i', by: 1 }] };
  const results: unknown[] = [];
  for (let i = 0; i < 2; i++) {
    const { messages, send, socket } = await raw(server.url);
    send(connect);
    send(mutation);
    await until(() => messages.some((message) => message.type === 'Transition'));
    const { ts, result } = messages.find((message) => message.type === 'MutationResponse') as Message;
    results.push({ ts, result });
    socket.terminate();
  }
  expect(results[0]).toEqual(results[1]);
  expect(server.metrics.duplicateRequests).toBe(1);
});

test('clients that do not name their session are not taken for each other', async () => {
  const server = await serve();
  const mutation = { type: 'Mutation', requestId: 0, udfPath: 'counters:add', args: [{ name: 'i', by: 1 }] };
  const values: unknown[] = [];
  for (let i = 0; i < 2; i++) {
    const { messages, send } = await raw(server.url);
    send(mutation);
    await until(() => messages.some((message) => message.type === 'MutationResponse'));
    values.push(messages.find((message) => message.type === 'MutationResponse')?.result);
  }
  expect(values).toEqual([1, 2]);
});

test('versions follow each other without a gap, and all queries of a client are at one timestamp', async () => {
  const server = await serve();
  const { messages, send } = await raw(server.url);
  send(connect);
  send({
    type: 'ModifyQuerySet',
    baseVersion: 0,
    newVersion: 1,
    modifications: [add(0, 'counters:get', { name: 'a' }), add(1, 'counters:get', { name: 'b' })],
  });
  const http = new ConvexHttpClient(server.url);
  for (let i = 0; i < 20; i++) await http.mutation(m('counters:add'), { name: i % 2 ? 'a' : 'b', by: 1 });
  const values: Record<number, unknown> = {};
  await until(() => {
    for (const message of messages) {
      for (const change of (message.modifications ?? []) as { queryId: number; value: unknown }[]) {
        values[change.queryId] = change.value;
      }
    }
    return values[0] === 10 && values[1] === 10;
  });
  const transitions = messages.filter((message) => message.type === 'Transition');
  for (const [i, transition] of transitions.entries()) {
    if (i > 0) expect(transition.startVersion).toEqual(transitions[i - 1]?.endVersion);
  }
});

test.each([
  ['a wrong base version', { type: 'ModifyQuerySet', baseVersion: 3, newVersion: 4, modifications: [] }],
  ['an unknown message', { type: 'Nonsense' }],
  ['a component', { type: 'Mutation', requestId: 1, udfPath: 'x:y', args: [{}], componentPath: 'c' }],
])('%s ends the connection with a reason', async (_name, message) => {
  const { messages, send } = await raw((await serve()).url);
  send(connect);
  send(message);
  await until(() => messages.some(({ type }) => type === 'FatalError'));
});

test('pages of other sites cannot connect unless they are named', async () => {
  const server = await serve({ origins: ['https://desk.example'] });
  await expect(raw(server.url, 'https://evil.example')).rejects.toThrow('403');
  await raw(server.url, 'https://desk.example');
  const refused = await fetch(`${server.url}/api/query`, {
    method: 'POST',
    headers: { origin: 'https://evil.example' },
  });
  expect(refused.status).toBe(403);
  expect((await fetch(`${server.url}/version`)).status).toBe(200);
});

test('a result of many megabytes arrives in parts that the client puts together', async () => {
  const server = await serve();
  const http = new ConvexHttpClient(server.url);
  for (let n = 0; n < 8; n++) {
    await http.mutation(m('messages:send'), { channel: 'big', body: `${n}😀`.repeat(230_000), n });
  }
  const client = new ConvexClient(server.url, {
    webSocketConstructor: WebSocket as unknown as typeof globalThis.WebSocket,
    logger: false,
  });
  onEnd(() => client.close());
  let rows: { body: string }[] = [];
  client.onUpdate(q<{ body: string }[]>('messages:list'), { channel: 'big' }, (result) => {
    rows = result;
  });
  await until(() => rows.length === 8);
  expect(rows[0]?.body).toBe('7😀'.repeat(230_000));
});

test('what is not supported is refused by name when functions load', async () => {
  const refuse = async (file: string, source: string) => {
    const dir = mkdtempSync(join(tmpdir(), 'convex-functions-'));
    onEnd(() => rmSync(dir, { recursive: true, force: true }));
    writeFileSync(join(dir, file), source);
    return startServer({ dir, logger: silent }).then(
      (server) => server.close().then(() => 'started'),
      (error: Error) => error.message,
    );
  };
  expect(await refuse('a.ts', '"use node";\nexport const x = 1;')).toMatch(/a\.ts: "use node" actions/);
  expect(await refuse('b.ts', 'export const f = (ctx: any) => ctx.storage.getUrl("x");')).toMatch(/file storage/);
  const app = 'import other from "@x/other/convex.config"; const app = { use: (_: any) => _ }; app.use(other);';
  expect(await refuse('convex.config.ts', app)).toMatch(/convex\.config\.ts: components/);
  expect(await refuse('convex.config.ts', 'export default {};')).toMatch(/defineApp/);
  const declares = 'export default { export: () => ({ childComponents: [], envVars: [["KEY", { value: "{}" }]] }) };';
  expect(await refuse('convex.config.ts', declares)).toMatch(/KEY is not set/);
  expect(await refuse('c.ts', 'export const f = (q: any) => q.withSearchIndex("x");')).toMatch(/text search/);
  expect(await refuse('d.ts', 'import { readFileSync } from "node:fs"; export const x = readFileSync;')).toMatch(
    /node:fs/,
  );
  expect(await refuse('with-dash.ts', 'export const x = 1;')).toMatch(/only letters, digits, underscores/);
  expect(await refuse('e.ts', '// ctx.storage is not used here\nexport const x = 1;')).toBe('started');
});

test('a schema that a deployment would refuse is refused here too', async () => {
  const rows = () => defineTable({ a: v.any(), b: v.any() });
  const start = (table: ReturnType<typeof rows>) =>
    startServer({ modules: { schema: { default: defineSchema({ rows: table }) } }, logger: silent }).then(
      (server) => server.close().then(() => 'started'),
      (error: Error) => error.message,
    );
  expect(await start(rows().index('by_a', ['a']).index('by_b', ['b', 'a']))).toBe('started');
  expect(await start(rows().searchIndex('s', { searchField: 'a' }) as never)).toMatch(/text search/);
  expect(await start(rows().index('by_a', ['a']).index('by_a', ['b']))).toMatch(/by_a/);
  expect(await start(rows().index('by_a', ['a', 'a'] as never))).toMatch(/field twice/);
  let many = rows();
  for (let i = 0; i < 33; i++) many = many.index(`by_${i}`, ['a']) as never;
  expect(await start(many)).toMatch(/33 indexes .*32/);
  expect(await start(defineTable({ _kind: v.string() }) as never)).toMatch(/"_kind"/);
  const either = v.union(v.object({ a: v.null() }), v.object({ _id: v.string() }));
  expect(await start(defineTable(either) as never)).toMatch(/"_id"/);
  const name = (table: string) =>
    startServer({ modules: { schema: { default: defineSchema({ [table]: rows() }) } }, logger: silent }).then(
      (server) => server.close().then(() => 'started'),
      (error: Error) => `${error.name} ${error.message}`,
    );
  expect(await name('Rows_2')).toBe('started');
  for (const wrong of ['_rows', 'my-rows', '2rows']) expect(await name(wrong)).toMatch(/^StartError .*name of a table/);
});

test('a cron job that could never run stops the start and is named', async () => {
  const start = (make: (crons: ReturnType<typeof cronJobs>) => void) => {
    const crons = cronJobs();
    make(crons);
    return startServer({ modules: { crons: { default: crons }, counters }, logger: silent }).then(
      (server) => server.close().then(() => 'started'),
      (error: Error) => `${error.name} ${error.message}`,
    );
  };
  const to = (path: string) => makeFunctionReference<'mutation'>(path);
  expect(await start((crons) => crons.cron('sums', '0 0 * * *', to('counters:add')))).toBe('started');
  expect(await start((crons) => crons.cron('sums', 'x 0 * * *', to('counters:add')))).toMatch(/^StartError .*"sums"/);
  expect(await start((crons) => crons.interval('gone', { hours: 1 }, to('counters:gone')))).toMatch(/not exist/);
  expect(await start((crons) => crons.interval('asks', { hours: 1 }, to('counters:get')))).toMatch(
    /query counters:get/,
  );
});
