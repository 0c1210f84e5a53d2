import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestServer, type TestServer, type TestTenant } from '../test-server.ts';

let server: TestServer;
let tenant: TestTenant;
let other: TestTenant;
beforeAll(async () => {
  server = await createTestServer();
  tenant = await server.addTenant('Quillmere Heating');
  other = await server.addTenant('Another company');
});
afterAll(() => server.close());

type Method = 'GET' | 'POST' | 'PATCH' | 'DELETE';
const ask = (cookie: string, method: Method, url: string, payload?: object) =>
  server.app.inject({ method, url: `/api/v1${url}`, headers: { cookie }, ...(payload && { payload }) });
const kinds = async (tenantId: string) =>
  (await server.db.peek<{ kind: string }>('select kind from audit_entries where tenant_id = $1', [tenantId])).map(
    ({ kind }) => kind,
  );

test('a person of two companies works in one at a time, and switches by their own wish only', async () => {
  const { email, id } = tenant.users.agent;
  await server.db.peek('insert into memberships (tenant_id, user_id, role) values ($1, $2, $3)', [
    other.id,
    id,
    'supervisor',
  ]);
  const cookie = await server.cookieOf(email);
  const elsewhere = await server.cookieOf(email);
  const me = async (of = cookie) => (await ask(of, 'GET', '/me')).json();
  expect(await me()).toMatchObject({
    tenant: { id: tenant.id },
    role: 'agent',
    tenants: [
      { id: other.id, name: 'Another company', role: 'supervisor' },
      { id: tenant.id, name: 'Quillmere Heating', role: 'agent' },
    ],
  });
  expect((await me()).permissions).not.toContain('threads.take_over');

  expect((await ask(cookie, 'POST', '/me/tenant', { tenantId: other.id })).statusCode).toBe(204);
  expect(await me()).toMatchObject({ tenant: { id: other.id }, role: 'supervisor' });
  expect((await me()).permissions).toContain('threads.take_over');
  expect((await ask(cookie, 'GET', '/numbers')).json().items[0].e164).toBe(other.number);
  expect(await me(elsewhere)).toMatchObject({ tenant: { id: tenant.id } });
  expect(await kinds(other.id)).toContain('session.switched');

  const owner = await server.cookieOf(other.users.owner.email);
  expect((await ask(owner, 'DELETE', `/people/${id}`)).statusCode).toBe(204);
  expect((await ask(cookie, 'GET', '/me')).statusCode).toBe(401);
  expect((await me(elsewhere)).tenants).toEqual([{ id: tenant.id, name: 'Quillmere Heating', role: 'agent' }]);
});

test('nobody switches to a company that they do not, or no longer, belong to, nor learns that it is there', async () => {
  const cookie = await server.cookieOf(tenant.users.owner.email);
  const answers = await Promise.all(
    [other.id, '01890000-0000-7000-8000-000000000000', 'nonsense'].map((tenantId) =>
      ask(cookie, 'POST', '/me/tenant', { tenantId }),
    ),
  );
  expect(answers.slice(0, 2).map(({ statusCode }) => statusCode)).toEqual([404, 404]);
  expect(answers[0]?.json()).toEqual(answers[1]?.json());
  expect((await ask(cookie, 'GET', '/me')).json().tenant.id).toBe(tenant.id);
});

test('owners of the installation make companies, and nobody else does', async () => {
  const wish = { name: 'Third company', timeZone: 'Europe/Berlin' };
  const owner = await server.cookieOf(tenant.users.owner.email);
  expect((await ask(owner, 'POST', '/tenants', wish)).statusCode).toBe(403);
  await server.ownInstallation(tenant.users.owner.id);
  expect((await ask(owner, 'GET', '/me')).json().installationOwner).toBe(true);
  const made = await ask(owner, 'POST', '/tenants', wish);
  expect(made.statusCode).toBe(201);
  expect(await kinds(made.json().id)).toEqual(['tenant.created']);
  expect((await ask(owner, 'GET', '/me')).json().tenant.id).toBe(tenant.id);
  await ask(owner, 'POST', '/me/tenant', { tenantId: made.json().id });
  expect((await ask(owner, 'GET', '/me')).json()).toMatchObject({
    role: 'owner',
    tenant: { timeZone: 'Europe/Berlin' },
  });
  expect((await ask(owner, 'GET', '/conversations')).json().items).toEqual([]);
  expect((await ask(owner, 'POST', '/tenants', { ...wish, timeZone: 'Moon' })).statusCode).toBe(400);
});

test('a company’s settings change one by one, stand in the ledger, and are nobody else’s', async () => {
  const admin = await server.cookieOf(other.users.admin.email);
  const agent = await server.cookieOf(other.users.agent.email);
  const change = (payload: object) => ask(admin, 'PATCH', '/tenant', payload);
  expect((await change({ branding: { accent: '#0B6E4F' }, retention: { messagesDays: 730 } })).statusCode).toBe(204);
  expect((await change({ ai: { transcription: true }, rules: { country: 'DE' } })).statusCode).toBe(204);
  expect((await ask(agent, 'GET', '/tenant')).json()).toEqual({
    id: other.id,
    name: 'Another company',
    timeZone: 'America/Denver',
    branding: { accent: '#0b6e4f' },
    ai: { transcription: true, suggestions: false, assistants: false },
    retention: { messagesDays: 730, recordingsDays: null, auditDays: null },
    rules: { country: 'DE' },
  });
  expect((await ask(agent, 'GET', '/me')).json().branding).toEqual({ accent: '#0b6e4f' });
  expect((await change({ retention: { messagesDays: null } })).statusCode).toBe(204);
  expect((await ask(agent, 'GET', '/tenant')).json().retention.messagesDays).toBeNull();
  expect((await kinds(other.id)).filter((kind) => kind === 'tenant.changed')).toHaveLength(3);

  for (const [wrong, path] of [
    [{ name: ' ' }, 'name'],
    [{ branding: { accent: 'green' } }, 'branding.accent'],
    [{ retention: { auditDays: 0 } }, 'retention.auditDays'],
    [{ rules: { country: 'de' } }, 'rules.country'],
  ] as const) {
    expect((await change(wrong)).json()).toMatchObject({ error: { code: 'invalid_input', details: [{ path }] } });
  }
  expect((await ask(agent, 'PATCH', '/tenant', { name: 'Mine' })).statusCode).toBe(403);
  const theirs = await server.cookieOf(tenant.users.owner.email);
  expect((await ask(theirs, 'GET', '/tenant')).json()).toMatchObject({ branding: { accent: null } });
});
