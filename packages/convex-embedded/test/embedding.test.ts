import { ConvexClient, ConvexHttpClient } from 'convex/browser';
import { cronJobs, makeFunctionReference } from 'convex/server';
import { expect, test } from 'vitest';
import WebSocket from 'ws';
import { startServer } from '../src/index.ts';
import { a, m, q } from './api.ts';
import * as counters from './convex/counters.ts';
import * as jobs from './convex/jobs.ts';
import * as messages from './convex/messages.ts';
import schema from './convex/schema.ts';
import * as work from './convex/work.ts';
import { onEnd, serve, silent, until } from './harness.ts';

test('imported modules run like a folder: schema, functions, live queries, scheduler and crons', async () => {
  const crons = cronJobs();
  crons.interval('tick', { hours: 1 }, makeFunctionReference<'mutation', { name: string }, null>('jobs:tick'), {
    name: 'cron',
  });
  const modules = { schema: { default: schema }, crons: { default: crons }, counters, jobs, messages, work };
  const server = await startServer({ modules, logger: silent, dev: true });
  onEnd(() => server.close());
  const http = new ConvexHttpClient(server.url);
  const client = new ConvexClient(server.url, {
    webSocketConstructor: WebSocket as unknown as typeof globalThis.WebSocket,
    logger: false,
  });
  onEnd(() => client.close());
  let value = -1;
  client.onUpdate(q<number>('counters:get'), { name: 'n' }, (v) => {
    value = v;
  });
  await client.mutation(m('counters:add'), { name: 'n', by: 2 });
  expect(value).toBe(2);
  expect(await http.mutation(m('counters:nested'), { name: 'm' })).toEqual({ value: 11, data: { code: 'nested' } });
  expect(await http.action(a('counters:viaAction'), { name: 'v' })).toBe(5);
  await expect(http.mutation(m('messages:send'), { channel: 1 })).rejects.toThrow('ArgumentValidationError');
  await http.mutation(m('counters:later'), { name: 'n', by: 5, afterMs: 0 });
  await until(() => value === 7);
  await expect.poll(async () => (await http.query(q<string[]>('work:notes'), {})).length).toBe(1);
});

test('the inspector shows tables, documents, live queries and slow functions in development, and is not there otherwise', async () => {
  const server = await serve({ dev: true });
  const http = new ConvexHttpClient(server.url);
  await http.mutation(m('messages:send'), { channel: 'c', body: 'look at me', n: 1 });
  const client = new ConvexClient(server.url, {
    webSocketConstructor: WebSocket as unknown as typeof globalThis.WebSocket,
    logger: false,
  });
  onEnd(() => client.close());
  let rows = 0;
  client.onUpdate(q<unknown[]>('messages:list'), { channel: 'c' }, (list) => {
    rows = list.length;
  });
  await until(() => rows === 1);
  const page = await (await fetch(`${server.url}/inspector`)).text();
  expect(page).toContain('Read-only');
  const shown = (await (await fetch(`${server.url}/inspector.json`)).json()) as {
    tables: { name: string; documents: number; newest: { body: string }[] }[];
    queries: { path: string; subscribers: number }[];
    functions: { path: string; runs: number; slowestMs: number }[];
  };
  const table = shown.tables.find(({ name }) => name === 'messages');
  expect(table).toMatchObject({ documents: 1, newest: [{ body: 'look at me' }] });
  expect(shown.queries).toMatchObject([{ path: 'messages:list', subscribers: 1 }]);
  expect(shown.functions.find(({ path }) => path === 'messages:send')).toMatchObject({ runs: 1 });
  const production = await serve();
  for (const path of ['/inspector', '/inspector.json']) {
    expect((await fetch(`${production.url}${path}`)).status).toBe(404);
  }
});

test('metrics count what happened, as JSON and for Prometheus', async () => {
  const server = await serve();
  await new ConvexHttpClient(server.url).mutation(m('counters:add'), { name: 'n', by: 2 });
  const json = (await (await fetch(`${server.url}/metrics.json`)).json()) as Record<string, number>;
  expect(json).toMatchObject({ mutationsRun: 1, commits: 1, conflicts: 0, socketsOpen: 0 });
  const text = await (await fetch(`${server.url}/metrics`)).text();
  expect(text).toMatch(/^convex_embedded_mutations_run 1$/m);
});
