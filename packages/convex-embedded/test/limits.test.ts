import type { JSONValue } from 'convex/values';
import { expect, test } from 'vitest';
import type { MutationFailure } from '../src/functions/executor.ts';
import type { JsonObject } from '../src/values/json.ts';
import { onEnd, openRuntime, serve, until } from './harness.ts';
import { MemoryStorage } from './memory-storage.ts';
import { add, connect, raw } from './raw-socket.ts';

const MIB = 1 << 20;

/** What a call fails with, or 'fine'. */
async function outcome(call: Promise<unknown>): Promise<string> {
  try {
    await call;
    return 'fine';
  } catch (failure) {
    const error = (failure as Partial<MutationFailure>).error ?? failure;
    return (error as Error).message;
  }
}

function nested(levels: number): JSONValue {
  let value: JSONValue = {};
  for (let i = 1; i < levels; i++) value = { deeper: value };
  return value;
}

const fields = (count: number): JsonObject =>
  Object.fromEntries(Array.from({ length: count }, (_, i) => [`field${i}`, i]));

test.each<[string, JsonObject, JsonObject, RegExp]>([
  ['a document of 1 MiB', { text: 'x'.repeat(MIB - 200) }, { text: 'x'.repeat(MIB) }, /too large .*1048576/],
  ['16 levels of nesting', nested(16) as JsonObject, nested(17) as JsonObject, /nested more than 16 levels/],
  ['arrays of 8192', { list: new Array(8192).fill(1) }, { list: new Array(8193).fill(1) }, /array of 8193 .*8192/],
  ['objects of 1024 fields', { inner: fields(1024) }, { inner: fields(1025) }, /object of 1025 fields .*1024/],
])('%s is stored, more is refused', async (_name, largest, tooLarge, error) => {
  const runtime = await openRuntime({});
  expect(await outcome(runtime.mutate('limits:store', { value: largest }))).toBe('fine');
  expect(await outcome(runtime.mutate('limits:store', { value: tooLarge }))).toMatch(error);
});

test('one mutation writes at most 16,000 documents and 16 MiB', async () => {
  const runtime = await openRuntime({});
  expect(await outcome(runtime.mutate('limits:write', { count: 16_001, bytes: 1 }))).toMatch(
    /Too many documents written .*16000/,
  );
  expect(await outcome(runtime.mutate('limits:write', { count: 17, bytes: MIB - 200 }))).toMatch(
    /Too many bytes written .*16777216/,
  );
  expect(await runtime.query('limits:scan', {})).toBe(0);
});

test('one function reads at most 32,000 documents and 16 MiB, and asks at most 4096 times', async () => {
  const runtime = await openRuntime({});
  for (const count of [15_990, 15_990, 20]) await runtime.mutate('limits:write', { count, bytes: 1 });
  expect(await runtime.query('limits:scan', {})).toBe(32_000);
  await runtime.mutate('limits:write', { count: 1, bytes: 1 });
  expect(await outcome(runtime.query('limits:scan', {}))).toMatch(/Too many documents read .*32000/);
  const large = await openRuntime({});
  for (let i = 0; i < 2; i++) await large.mutate('limits:write', { count: 9, bytes: MIB - 200 });
  expect(await outcome(large.query('limits:scan', {}))).toMatch(/Too many bytes read .*16777216/);
  expect(await outcome(large.query('limits:ask', { times: 4096 }))).toMatch(/Too many bytes read/);
  const empty = await openRuntime({});
  expect(await outcome(empty.query('limits:ask', { times: 4096 }))).toBe('fine');
  expect(await outcome(empty.query('limits:ask', { times: 4097 }))).toMatch(/Too many database queries .*4096/);
});

test('functions that call each other without an end are stopped, and the server goes on', async () => {
  const runtime = await openRuntime({});
  expect(await runtime.query('limits:nest', { levels: 64 })).toBe(64);
  expect(await outcome(runtime.query('limits:nest', { levels: 1e9 }))).toMatch(/more than 64 levels/);
  expect(await runtime.query('limits:nest', { levels: 1 })).toBe(1);
});

test('arguments and results have at most 16 MiB', async () => {
  const runtime = await openRuntime({});
  expect(await outcome(runtime.query('limits:take', { text: 'x'.repeat(16 * MIB) }))).toMatch(/too large .*16777216/);
  expect(await outcome(runtime.query('limits:answer', { bytes: 16 * MIB }))).toMatch(/result .* too large .*16777216/);
});

test('arrays have at most 8192 values and objects 1024 fields, in arguments and results too', async () => {
  const runtime = await openRuntime({});
  const list = (length: number) => Array.from({ length }, (_, i) => i);
  const wide = (fields: number) => ({ deep: [Object.fromEntries(list(fields).map((i) => [`f${i}`, i]))] });
  for (const value of [list(8192), wide(1024), 'a,'.repeat(10_000)]) {
    expect(await runtime.query('values:echo', { value })).toEqual(value);
  }
  expect(await outcome(runtime.query('values:echo', { value: list(8193) }))).toMatch(/arguments .* 8193 .*8192/);
  expect(await outcome(runtime.query('values:echo', { value: wide(1025) }))).toMatch(/arguments .* 1025 .*1024/);
  expect(await runtime.query('values:many', { length: 8192 })).toHaveLength(8192);
  expect(await outcome(runtime.query('values:many', { length: 8193 }))).toMatch(/result .* 8193 .*8192/);
});

test('a mutation schedules at most 1000 functions, with arguments of 8 MiB', async () => {
  const runtime = await openRuntime({});
  expect(await outcome(runtime.mutate('limits:schedule', { count: 1001, bytes: 1 }))).toMatch(
    /Too many functions scheduled .*1000/,
  );
  expect(await outcome(runtime.mutate('limits:schedule', { count: 9, bytes: MIB - 200 }))).toMatch(
    /Arguments of functions scheduled .* too large .*8388608/,
  );
  expect(await runtime.query('counters:jobs', {})).toEqual([]);
});

const fatal = (messages: { type: string; error?: unknown }[]) =>
  messages.find((message) => message.type === 'FatalError')?.error;

test('one connection has at most 2000 queries', async () => {
  const { messages, send } = await raw((await serve()).url);
  send(connect);
  const modifications = Array.from({ length: 2001 }, (_, i) => add(i, 'counters:get', { name: `n${i}` }));
  send({ type: 'ModifyQuerySet', baseVersion: 0, newVersion: 1, modifications });
  await until(() => fatal(messages) !== undefined);
  expect(fatal(messages)).toMatch(/Too many queries .*2000/);
});

test('one connection has at most 1000 mutations in flight', async () => {
  // The log is not written while it is blocked, so no mutation is answered.
  let blocked = false;
  let over = false;
  onEnd(() => {
    over = true;
  });
  const server = await serve({
    storage: new MemoryStorage(),
    onChannel: (channel) => {
      const run = () => {
        if (!blocked) channel.run();
        if (!over) setImmediate(run);
      };
      setImmediate(run);
    },
  });
  onEnd(() => {
    blocked = false;
  });
  blocked = true;
  const { messages, send } = await raw(server.url);
  send(connect);
  for (let requestId = 0; requestId <= 1000; requestId++) {
    send({ type: 'Mutation', requestId, udfPath: 'counters:add', args: [{ name: 'a', by: 1 }] });
  }
  await until(() => fatal(messages) !== undefined);
  expect(fatal(messages)).toMatch(/Too many mutations .*1000/);
});

test('one connection has at most 1000 actions running', async () => {
  const { messages, send } = await raw((await serve()).url);
  send(connect);
  for (let requestId = 0; requestId <= 1000; requestId++) {
    send({ type: 'Action', requestId, udfPath: 'limits:hang', args: [{}] });
  }
  await until(() => fatal(messages) !== undefined);
  expect(fatal(messages)).toMatch(/Too many actions .*1000/);
});

test('more connections than allowed are turned away, and a body that is too large is told so', async () => {
  const server = await serve({ maxConnections: 1 });
  await raw(server.url);
  await expect(raw(server.url)).rejects.toThrow('503');
  const response = await fetch(`${server.url}/api/query`, { method: 'POST', body: 'x'.repeat(17 * MIB) });
  expect(response.status).toBe(413);
  expect(await response.json()).toMatchObject({ code: 'BodyTooLarge' });
});
