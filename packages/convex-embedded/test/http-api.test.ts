import { ConvexHttpClient } from 'convex/browser';
import { expect, test } from 'vitest';
import { q } from './api.ts';
import { serve } from './harness.ts';

async function open() {
  const { url } = await serve();
  const post = async (path: string, body: unknown) => {
    const response = await fetch(url + path, { method: 'POST', body: JSON.stringify(body) });
    return { status: response.status, body: (await response.json()) as Record<string, unknown> };
  };
  return { url, post };
}

test('a caller without a client library reads plain JSON, in results and in the data of errors', async () => {
  const { url, post } = await open();
  const plain = { big: '-5', bytes: 'AQL/', list: ['NaN', 'Infinity', 1.5, null, { deep: '9' }] };
  for (const format of [{ format: 'json' }, {}]) {
    const body = { args: {}, ...format };
    expect((await post('/api/query', { path: 'values:odd', ...body })).body.value).toEqual(plain);
    const failed = await post('/api/query', { path: 'values:throws', ...body });
    expect(failed).toMatchObject({ status: 560, body: { status: 'error', errorData: plain } });
  }
  const exact = { format: 'convex_encoded_json', path: 'values:odd', args: {} };
  expect((await post('/api/query', exact)).body.value).toMatchObject({ big: { $integer: '+/////////8=' } });
  expect(await new ConvexHttpClient(url).query(q('values:odd'), {})).toMatchObject({ big: -5n });
  expect(await post('/api/query', { ...exact, format: 'xml' })).toMatchObject({ status: 400 });
});

test('a function of any kind is run by its name in the URL', async () => {
  const { post } = await open();
  const ok = (value: unknown) => ({ status: 200, body: { status: 'success', value, logLines: [] } });
  expect(await post('/api/run/values/echo', { args: { value: [1] }, format: 'json' })).toEqual(ok([1]));
  expect(await post('/api/run/values:echo', { args: { value: 2 } })).toEqual(ok(2));
  expect(await post('/api/run/values/default', { args: {} })).toEqual(ok('default'));
  expect(await post('/api/run/counters/add', { args: { name: 'n', by: 3 } })).toEqual(ok(3));
  expect(await post('/api/run/counters/viaAction', { args: { name: 'n' } })).toEqual(ok(8));
  expect(await post('/api/run/counters/addInternal', { args: { name: 'n', by: 1 } })).toMatchObject({ status: 560 });
  expect(await post('/api/run/counters/%E0%A4%A', { args: {} })).toMatchObject({ status: 400 });
  expect(await post('/api/run/', { args: {} })).toMatchObject({ status: 404 });
});

test('a request that makes no sense is answered with 400 and what is wrong', async () => {
  const { url, post } = await open();
  const timestamp = { path: 'values:echo', args: { value: 1 }, ts: 'no' };
  expect(await post('/api/query_at_ts', timestamp)).toMatchObject({ status: 400 });
  for (const body of [null, [], 1, {}, { path: 1 }]) {
    expect(await post('/api/query', body)).toMatchObject({ status: 400, body: { code: 'BadJsonBody' } });
  }
  expect((await fetch(`${url}/api/query`, { method: 'POST', body: '{' })).status).toBe(400);
});
