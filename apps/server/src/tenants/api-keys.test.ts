import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestServer, type TestServer, type TestTenant } from '../test-server.ts';

let server: TestServer;
let tenant: TestTenant;
let other: TestTenant;
beforeAll(async () => {
  server = await createTestServer();
  tenant = await server.addTenant();
  other = await server.addTenant('Another company');
});
afterAll(() => server.close());

const bearer = (key: string) => ({ authorization: `Bearer ${key}` });
const make = (headers: Record<string, string>, payload: object) =>
  server.app.inject({ method: 'POST', url: '/api/v1/api-keys', headers, payload });
const numbers = (key: string) => server.app.inject({ url: '/api/v1/numbers', headers: bearer(key) });

test('a key is shown once, works at once, and only its hash is kept', async () => {
  const cookie = await server.cookieOf(tenant.users.owner.email);
  const made = await make({ cookie }, { name: 'Billing export' });
  expect(made.statusCode).toBe(201);
  const { key, prefix, id } = made.json();
  expect(key).toMatch(/^pl_[A-Za-z0-9_-]{43}$/);
  expect(key.startsWith(prefix)).toBe(true);
  expect((await numbers(key)).json()).toMatchObject({
    items: [{ e164: tenant.number, isDefault: true, carrier: 'twilio' }],
  });

  const list = await server.app.inject({ url: '/api/v1/api-keys', headers: { cookie } });
  expect(list.json().items.find((item: { id: string }) => item.id === id)).toMatchObject({
    name: 'Billing export',
    role: 'agent',
    lastUsedAt: expect.any(String),
  });
  expect(list.body).not.toContain(key);
  const rows = await server.db.peek<{ row: string }>(
    'select row_to_json(k)::text as row from api_keys k where id = $1',
    [id],
  );
  expect(rows[0]?.row).not.toContain(key);
});

test('a revoked key is refused at its next request, although it was just remembered', async () => {
  const cookie = await server.cookieOf(tenant.users.admin.email);
  const { key, id } = (await make({ cookie }, { name: 'Short-lived' })).json();
  expect((await numbers(key)).statusCode).toBe(200);
  const revoke = () => server.app.inject({ method: 'DELETE', url: `/api/v1/api-keys/${id}`, headers: { cookie } });
  expect((await revoke()).statusCode).toBe(204);
  expect((await numbers(key)).statusCode).toBe(401);
  expect((await revoke()).statusCode).toBe(404);
});

test('agents and supervisors make no keys, and nobody makes one above themselves', async () => {
  for (const role of ['agent', 'supervisor'] as const) {
    const cookie = await server.cookieOf(tenant.users[role].email);
    expect((await make({ cookie }, { name: 'x' })).statusCode).toBe(403);
  }
  const admin = await server.cookieOf(tenant.users.admin.email);
  expect((await make({ cookie: admin }, { name: 'x', role: 'owner' })).statusCode).toBe(403);
  expect((await make({ cookie: admin }, { name: 'x', role: 'admin' })).statusCode).toBe(201);
});

test('a key does only what its scopes allow, and nobody makes a wider one with it', async () => {
  const owner = await server.cookieOf(tenant.users.owner.email);
  const narrow = await make(
    { cookie: owner },
    { name: 'Reader', role: 'admin', scopes: ['contacts.read', 'api_keys.manage'] },
  );
  expect(narrow.json()).toMatchObject({ role: 'admin', scopes: ['contacts.read', 'api_keys.manage'] });
  const { key } = narrow.json();
  const refused = await numbers(key);
  expect([refused.statusCode, refused.json().error.details]).toEqual([403, { permission: 'numbers.read' }]);
  expect((await server.app.inject({ url: '/api/v1/api-keys', headers: bearer(key) })).statusCode).toBe(200);

  expect((await make(bearer(key), { name: 'x', role: 'agent' })).statusCode).toBe(403);
  expect((await make(bearer(key), { name: 'x', role: 'agent', scopes: ['threads.read'] })).statusCode).toBe(403);
  expect((await make(bearer(key), { name: 'x', role: 'agent', scopes: ['contacts.read'] })).statusCode).toBe(201);
  const beyond = await make({ cookie: owner }, { name: 'x', role: 'agent', scopes: ['audit.read'] });
  expect(beyond.json()).toMatchObject({ error: { code: 'invalid_input', details: [{ path: 'scopes' }] } });
  for (const scopes of [[], ['everything']]) {
    expect((await make({ cookie: owner }, { name: 'x', scopes })).statusCode).toBe(400);
  }
});

test("another tenant's keys and people answer like nothing at all", async () => {
  const mine = await server.app.inject({ url: '/api/v1/api-keys', headers: bearer(tenant.apiKey) });
  const [{ id }] = mine.json().items;
  const foreign = { headers: bearer(other.apiKey), method: 'DELETE' as const };
  const answers = await Promise.all([
    server.app.inject({ ...foreign, url: `/api/v1/api-keys/${id}` }),
    server.app.inject({ ...foreign, url: `/api/v1/people/${tenant.users.agent.id}` }),
    server.app.inject({ ...foreign, url: '/api/v1/api-keys/01890000-0000-7000-8000-000000000000' }),
    server.app.inject({ ...foreign, url: '/api/v1/api-keys/not-an-id' }),
  ]);
  for (const answer of answers) {
    expect(answer.statusCode).toBe(404);
    expect(answer.json()).toEqual(answers[2]?.json());
  }
  expect((await numbers(tenant.apiKey)).statusCode).toBe(200);
});

test('a wrong key is refused even beside a good cookie, and keys get no person’s routes', async () => {
  const cookie = await server.cookieOf(tenant.users.owner.email);
  for (const authorization of ['Bearer pl_wrong', `Bearer pl_${'a'.repeat(43)}`, 'Basic dXNlcjpwYXNz', 'Bearer ']) {
    const answer = await server.app.inject({ url: '/api/v1/numbers', headers: { cookie, authorization } });
    expect([authorization, answer.statusCode]).toEqual([authorization, 401]);
  }
  const me = await server.app.inject({ url: '/api/v1/me', headers: bearer(tenant.apiKey) });
  expect(me.json()).toMatchObject({ error: { code: 'forbidden' } });
});
