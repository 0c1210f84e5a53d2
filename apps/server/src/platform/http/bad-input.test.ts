import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openApiDocument } from '../../http-api.ts';
import { createTestServer, type TestServer, type TestTenant } from '../../test-server.ts';

let server: TestServer;
let tenant: TestTenant;
let other: TestTenant;
beforeAll(async () => {
  server = await createTestServer();
  tenant = await server.addTenant();
  other = await server.addTenant('Another company');
});
afterAll(() => server.close());

let requests = 0;
const headersFor = (key = tenant.apiKey) => ({
  authorization: `Bearer ${key}`,
  'content-type': 'application/json',
  'idempotency-key': `bad-input-${requests++}`,
});
const send = (payload: string | Buffer | object, headers: Record<string, string> = {}) =>
  server.app.inject({ method: 'POST', url: '/api/v1/messages', headers: { ...headersFor(), ...headers }, payload });
const good = { to: '+13035550142', body: 'Hello' };
const stored = async () => (await server.db.peek<{ count: string }>('select count(*) from messages'))[0]?.count;

const BAD_BODIES: ReadonlyArray<[what: string, payload: string | Buffer | object, status: number, code: string]> = [
  ['a number that is none', { ...good, to: '12' }, 400, 'invalid_number'],
  ['a number in words', { ...good, to: 'call me' }, 400, 'invalid_number'],
  ['an empty text', { ...good, body: '' }, 400, 'invalid_input'],
  ['a text of spaces', { ...good, body: ' \n\t' }, 400, 'invalid_input'],
  ['1,601 characters', { ...good, body: 'x'.repeat(1601) }, 400, 'invalid_input'],
  ['no body field', { to: good.to }, 400, 'invalid_input'],
  ['an unknown field', { ...good, urgent: true }, 400, 'invalid_input'],
  ['a number for a text', { ...good, body: 7 }, 400, 'invalid_input'],
  ['a NUL in the text', { ...good, body: 'a\0b' }, 400, 'invalid_input'],
  ['half a surrogate pair', `{"to":"${good.to}","body":"\\ud83d"}`, 400, 'invalid_input'],
  ['a NUL in a field name', { ...good, 'a\0b': 1 }, 400, 'invalid_input'],
  ['bytes that are not UTF-8', Buffer.from(`{"to":"${good.to}","body":"caf\xe9"}`, 'latin1'), 400, 'invalid_input'],
  ['broken JSON', '{"to":', 400, 'bad_request'],
  ['a list', '[]', 400, 'invalid_input'],
  ['null', 'null', 400, 'invalid_input'],
  ['nothing', '', 400, 'invalid_input'],
  ['a poisoned prototype', `{"to":"${good.to}","body":"x","__proto__":{"a":1}}`, 400, 'bad_request'],
  ['a body nested 100,000 deep', `${'['.repeat(100_000)}${']'.repeat(100_000)}`, 400, 'invalid_input'],
  ['a negative lock token', { ...good, lockToken: -1 }, 400, 'invalid_input'],
  ['ten megabytes', { ...good, body: 'x'.repeat(10_000_000) }, 413, 'payload_too_large'],
];

test.each(BAD_BODIES)('%s is refused with the reason and stores nothing', async (_what, payload, status, code) => {
  const before = await stored();
  const answer = await send(payload);
  expect([answer.statusCode, answer.json().error.code]).toEqual([status, code]);
  expect(answer.json().error.message).toMatch(/\w{3}/);
  expect(await stored()).toBe(before);
});

test.each(['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x', 'application/xml'])(
  'JSON called %s is refused with 415',
  async (type) => {
    const answer = await send(JSON.stringify(good), { 'content-type': type });
    expect([answer.statusCode, answer.json().error.code]).toEqual([415, 'unsupported_media_type']);
  },
);

test('what is wrong is named by its path', async () => {
  const answer = await send({ to: good.to, body: 'a\0b', urgent: true });
  expect(answer.json().error.details).toEqual([{ path: 'body', message: 'contains a NUL character' }]);
  const unknown = await send({ ...good, urgent: true });
  expect(JSON.stringify(unknown.json().error.details)).toContain('urgent');
});

test('a good text passes, so that the refusals above mean something', async () => {
  const answer = await send({ ...good, body: 'Grüße 👋, line\nbreak and tab\t' });
  expect(answer.statusCode).toBe(201);
});

test('foreign and malformed ids answer exactly like ids that never were', async () => {
  const { id } = (await send(good)).json();
  const conversations = await server.app.inject({ url: '/api/v1/conversations', headers: headersFor() });
  const conversation = conversations.json().items[0];
  const paths = [
    ...[id, 'nope', '%00', '01890000-0000-7000-8000-000000000000', '..%2f..%2fetc', '%F0%9F'].map(
      (x) => `/messages/${x}`,
    ),
    `/conversations/${conversation.id}`,
    `/conversations/${conversation.id}/messages`,
    `/contacts/${conversation.contact.id}`,
  ];
  for (const path of paths) {
    const answer = await server.app.inject({ url: `/api/v1${path}`, headers: headersFor(other.apiKey) });
    const expected = path.endsWith('%F0%9F') ? [400, 'bad_request'] : [404, 'not_found'];
    expect([path, answer.statusCode, answer.json().error.code]).toEqual([path, ...expected]);
  }
  const own = await server.app.inject({ url: `/api/v1/messages/${id}`, headers: headersFor() });
  expect(own.statusCode).toBe(200);
});

test('unknown addresses, wrong methods and strange queries are told apart', async () => {
  const ask = async (method: 'GET' | 'POST' | 'PUT' | 'DELETE', url: string) => {
    const answer = await server.app.inject({ method, url, headers: { authorization: `Bearer ${tenant.apiKey}` } });
    return [answer.statusCode, answer.json().error.code, answer.headers.allow];
  };
  expect(await ask('GET', '/api/v1/nothing')).toEqual([404, 'not_found', undefined]);
  expect(await ask('GET', '/api')).toEqual([404, 'not_found', undefined]);
  expect(await ask('DELETE', '/api/v1/me')).toEqual([405, 'method_not_allowed', 'GET, HEAD']);
  expect(await ask('PUT', '/api/v1/api-keys/x')).toEqual([405, 'method_not_allowed', 'DELETE']);
  expect(await ask('GET', '/api/v1/conversations?q=%00')).toEqual([400, 'invalid_input', undefined]);
  expect(await ask('GET', '/api/v1/conversations?limit=0')).toEqual([400, 'invalid_input', undefined]);
  expect(await ask('GET', '/api/v1/conversations?cursor=zzz')).toEqual([400, 'invalid_input', undefined]);
  expect(await ask('GET', '/api/v1/conversations?sort=up')).toEqual([400, 'invalid_input', undefined]);
});

test('a failure of ours tells the client its request id and nothing else', async () => {
  const { database } = server.core;
  const working = database.withTenant;
  database.withTenant = () => Promise.reject(new Error('column "secret_plan" does not exist'));
  try {
    const answer = await server.app.inject({ url: '/api/v1/conversations', headers: headersFor() });
    expect(answer.statusCode).toBe(500);
    expect(answer.json().error).toMatchObject({
      code: 'internal',
      details: { requestId: answer.headers['x-request-id'] },
    });
    expect(answer.body).not.toContain('secret_plan');
    expect(
      server.logged.some(
        (line) => line.includes('secret_plan') && line.includes(String(answer.headers['x-request-id'])),
      ),
    ).toBe(true);
    database.withTenant = () => Promise.reject(Object.assign(new Error('going down'), { code: '57P01' }));
    const away = await server.app.inject({ url: '/api/v1/conversations', headers: headersFor() });
    expect([away.statusCode, away.json().error.code]).toEqual([503, 'unavailable']);
  } finally {
    database.withTenant = working;
  }
});

/** Bodies that would pass: most runs spoil one field of them, so that the spoilt one gets as far as it can. */
const GOOD_BODIES: Record<string, object> = {
  '/api/v1/messages': { ...good, from: '+17205550100', lockToken: 3 },
  '/api/v1/api-keys': { name: 'Export', role: 'agent' },
  '/api/v1/people': { email: 'new@quillmere.example', name: 'New', password: 'long enough', role: 'agent' },
  '/api/v1/people/{id}': { role: 'agent' },
  '/api/v1/setup': { token: 't', name: 'N', email: 'n@quillmere.example', password: 'long enough', tenantName: 'T' },
  '/api/v1/contacts/{id}': { name: 'Dana' },
  '/api/v1/conversations/{id}/read': { seq: 1 },
  '/api/v1/threads/{threadId}/lock/take-over': { tabId: 'tab' },
  '/api/v1/threads/{threadId}/lock/release': { tabId: 'tab', token: 1 },
};

test('whatever is thrown at any route, it answers below 500 and in the form of the catalogue', async () => {
  const document = await openApiDocument();
  const routes = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => ({ path, method: method.toUpperCase() as 'GET' })),
  );
  const owner = await server.cookieOf(tenant.users.owner.email);
  await send(good);
  const conversation = (await server.app.inject({ url: '/api/v1/conversations', headers: headersFor() })).json()
    .items[0];
  const nasty = fc.oneof(
    fc.constantFrom('\0', 'a\0b', '\ud800'),
    fc.constantFrom('', '%', '../..', "' or 1=1 --", '-1', '1e309', '9'.repeat(40), '💥'.repeat(900)),
    fc.string({ unit: 'binary' }),
  );
  const value = fc.oneof(
    { weight: 2, arbitrary: nasty },
    fc.jsonValue(),
    fc.constantFrom(-1, 0, 2 ** 53, 2 ** 31, 1e21, 0.5, null, true),
  );
  const asked = fc.constantFrom(...routes).chain((route) => {
    const base = GOOD_BODIES[route.path] ?? {};
    const spoilt = fc.dictionary(fc.constantFrom(...Object.keys(base), 'x'), value, { minKeys: 1, maxKeys: 2 });
    return fc.record({
      route: fc.constant(route),
      id: fc.oneof(nasty, fc.constantFrom(conversation.id, conversation.threadId, conversation.contact.id, tenant.id)),
      query: fc.dictionary(fc.constantFrom('status', 'q', 'cursor', 'limit', 'before', 'after'), nasty, { maxKeys: 2 }),
      body: fc.oneof({ weight: 5, arbitrary: spoilt.map((fields) => ({ ...base, ...fields })) }, fc.jsonValue()),
      type: fc.constantFrom('application/json', 'application/json; charset=utf-8', 'text/plain'),
      asPerson: fc.boolean(),
    });
  });
  await fc.assert(
    fc.asyncProperty(asked, async ({ route, id, query, body, type, asPerson }) => {
      const path = route.path.replace(/\{\w+\}/g, encode(id));
      const search = Object.entries(query)
        .map(([name, text]) => `${name}=${encode(text)}`)
        .join('&');
      const answer = await server.app.inject({
        method: route.method,
        url: search === '' ? path : `${path}?${search}`,
        headers: {
          ...(asPerson ? { cookie: owner } : { authorization: `Bearer ${tenant.apiKey}` }),
          'idempotency-key': `fuzz-${requests++}`,
          ...(route.method === 'GET' ? {} : { 'content-type': type }),
        },
        ...(route.method === 'GET' ? {} : { payload: JSON.stringify(body) }),
      });
      expect(answer.statusCode, answer.body).toBeLessThan(500);
      if (answer.statusCode >= 400) expect(answer.json().error.code).toMatch(/^[a-z_]+$/);
    }),
    { numRuns: 500 },
  );
}, 120_000);

/** Like encodeURIComponent, which refuses half a surrogate pair. */
function encode(text: string): string {
  return [...Buffer.from(text)].map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join('');
}
