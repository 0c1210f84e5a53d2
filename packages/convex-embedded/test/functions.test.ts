import { ConvexHttpClient } from 'convex/browser';
import { expect, test } from 'vitest';
import { m, q } from './api.ts';
import { openRuntime, serve, until } from './harness.ts';
import { MemoryStorage } from './memory-storage.ts';
import { issuer } from './tokens.ts';

interface Enqueued {
  id: string;
  at: bigint;
  unresolved: boolean;
  latestIsOwn: boolean;
}

test('a commit timestamp is the order of commits, in documents, indexes and results', async () => {
  const http = new ConvexHttpClient((await serve()).url);
  const enqueued: Enqueued[] = [];
  for (const payload of ['a', 'b', 'c']) enqueued.push(await http.mutation(m<Enqueued>('work:enqueue'), { payload }));
  await http.mutation(m('work:touch'), { id: enqueued[0]?.id });
  const { rows, snapshot } = await http.query(
    q<{ rows: { payload: string; at: bigint }[]; snapshot: bigint }>('work:inOrder'),
    {},
  );
  expect(rows.map((row) => row.payload)).toEqual(['b', 'c', 'a']);
  expect(rows[0]?.at).toBe(enqueued[1]?.at);
  expect(rows.every((row) => row.at <= snapshot)).toBe(true);
  expect(enqueued.every((one) => one.unresolved && one.latestIsOwn)).toBe(true);
});

test('a commit timestamp survives a restart, and a repeated request gets the same one', async () => {
  const storage = new MemoryStorage();
  const once = { session: 's', request: 1 };
  const before = await openRuntime({ storage });
  const run = await before.mutate('work:enqueue', { payload: 'a' }, once);
  await before.engine.durable(run.ts);
  const after = await openRuntime({ storage: storage.crashed(0) });
  expect((await after.mutate('work:enqueue', { payload: 'a' }, once)).json).toBe(run.json);
  const { rows } = (await after.query('work:inOrder', {})) as { rows: { at: unknown }[] };
  expect(rows.map((row) => row.at)).toEqual([(JSON.parse(run.json) as { at: unknown }).at]);
});

test('a function learns who called it, what it is and what it has used', async () => {
  const keys = issuer();
  const server = await serve({ env: keys.env });
  const http = new ConvexHttpClient(server.url);
  const token = keys.token({ sub: 'u' });
  http.setAuth(token);
  expect(await http.mutation(m('work:about'), {})).toMatchObject({
    fn: { name: 'work:about', type: 'mutation', visibility: 'public', componentPath: '' },
    request: { ip: '127.0.0.1', authToken: token, scheduledFunctionId: null, requestId: expect.stringMatching(/./) },
    used: { used: 1, remaining: 4095 },
    deployment: { region: null },
  });
  const job = await http.mutation(m<string>('work:noteLater'), {});
  await until(() => server.metrics.scheduledRun === 1);
  await expect.poll(() => http.query(q('work:notes'), {})).toEqual([`scheduled as ${job}`]);
});
