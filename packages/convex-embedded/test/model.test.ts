import type { JSONValue } from 'convex/values';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { MutationFailure } from '../src/functions/executor.ts';
import type { JsonObject } from '../src/values/json.ts';
import { openRuntime } from './harness.ts';

const NAMES = ['a', 'b', 'c'];
const step = fc.record({
  path: fc.constantFrom('counters:add', 'counters:addSlowly', 'counters:nested', 'messages:refuse'),
  name: fc.constantFrom(...NAMES),
  by: fc.integer({ min: 1, max: 9 }),
  together: fc.boolean(),
});

test('mutations that run at the same time add up as if they had run one after the other', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 25 }), async (steps) => {
      const runtime = await openRuntime({});
      const model = new Map<string, number>();
      let running: Promise<void>[] = [];
      for (const { path, name, by, together } of steps) {
        const args: JsonObject =
          path === 'messages:refuse' ? { reason: name } : path === 'counters:nested' ? { name } : { name, by };
        const run = runtime.mutate(path, args).then(
          () => {
            const added = path === 'counters:nested' ? 11 : by;
            model.set(name, (model.get(name) ?? 0) + added);
          },
          (failure: MutationFailure) => {
            // Refusals change nothing; a slow one may lose every race and say so.
            expect(String((failure.error as Error).message)).toMatch(/refused|OptimisticConcurrencyControlFailure/);
          },
        );
        running.push(run);
        if (!together) {
          await Promise.all(running);
          running = [];
        }
      }
      await Promise.all(running);
      for (const name of NAMES) expect(await runtime.query('counters:get', { name })).toBe(model.get(name) ?? 0);
      expect(runtime.engine.store.catalog.tables.get('log')).toBeDefined();
    }),
    { numRuns: 60 },
  );
});

test('a document read by its id is as safe from lost updates as one found through an index', async () => {
  const runtime = await openRuntime({});
  const id = JSON.parse((await runtime.mutate('messages:send', { channel: 'c', body: 'x', n: 0 })).json) as string;
  await Promise.all([1, 2, 3, 4].map(() => runtime.mutate('messages:bump', { id })));
  expect(await runtime.query('messages:byId', { id })).toMatchObject({ n: 4 });
  expect(runtime.metrics.conflicts).toBeGreaterThan(0);
});

test('a request sent twice takes effect once, even if both copies run at the same time', async () => {
  const runtime = await openRuntime({});
  const once = { session: 's', request: 7 };
  const runs = await Promise.all([1, 2, 3].map(() => runtime.mutate('counters:addSlowly', { name: 'x', by: 1 }, once)));
  expect(new Set(runs.map((run) => run.ts)).size).toBe(1);
  expect(await runtime.query('counters:get', { name: 'x' })).toBe(1);
});

test('a request that comes again while it runs has one outcome, even if it would be refused after its own effect', async () => {
  const runtime = await openRuntime({});
  const once = { session: 's', request: 8 };
  const steps: JSONValue = [
    { op: 'sum', low: 'z', high: 'zz' },
    { op: 'pause', ticks: 40 },
    { op: 'refuseAbove', key: 'a', limit: 0 },
    { op: 'add', key: 'a', by: 5 },
  ];
  const runs = [1, 2].map(() => runtime.mutate('cells:run', { tag: 't', steps }, once));
  // Whoever read `z` has to run again, one after the other.
  await runtime.mutate('cells:run', { tag: 'other', steps: [{ op: 'add', key: 'z', by: 1 }] });
  expect((await Promise.all(runs)).map((run) => JSON.parse(run.json))).toEqual([
    [1, 0, 0, 5],
    [1, 0, 0, 5],
  ]);
  expect(runtime.metrics.conflicts).toBeGreaterThan(0);
});

type Change = { op: 'insert'; channel: string; n: number } | { op: 'edit' | 'remove'; pick: number; n: number };
const change: fc.Arbitrary<Change> = fc.oneof(
  fc.record({
    op: fc.constant('insert' as const),
    channel: fc.constantFrom('p', 'q'),
    n: fc.integer({ min: 0, max: 20 }),
  }),
  fc.record({
    op: fc.constantFrom('edit' as const, 'remove' as const),
    pick: fc.nat(),
    n: fc.integer({ min: 0, max: 20 }),
  }),
);

test('an index holds the documents of the table, in order, after any history', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(change, { maxLength: 60 }), async (changes) => {
      const runtime = await openRuntime({});
      let model: { id: string; channel: string; n: number }[] = [];
      for (const c of changes) {
        if (c.op === 'insert') {
          const run = await runtime.mutate('messages:send', { channel: c.channel, body: 'x', n: c.n });
          model.push({ id: JSON.parse(run.json) as string, channel: c.channel, n: c.n });
          continue;
        }
        const target = model[c.pick % Math.max(1, model.length)];
        if (!target) continue;
        if (c.op === 'edit') {
          await runtime.mutate('messages:edit', { id: target.id, n: c.n });
          target.n = c.n;
        } else {
          await runtime.mutate('messages:remove', { id: target.id });
          model = model.filter((m) => m !== target);
        }
      }
      for (const channel of ['p', 'q']) {
        const rows = (await runtime.query('messages:list', { channel, limit: 1000 })) as { _id: string; n: number }[];
        const expected = model.filter((m) => m.channel === channel);
        expect(rows.map((r) => r.n)).toEqual(expected.map((m) => m.n).sort((a, b) => b - a));
        expect(new Set(rows.map((r) => r._id))).toEqual(new Set(expected.map((m) => m.id)));
      }
    }),
    { numRuns: 40 },
  );
});
