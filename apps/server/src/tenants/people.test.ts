import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestServer, TEST_PASSWORD, type TestServer, type TestTenant } from '../test-server.ts';

let server: TestServer;
let tenant: TestTenant;
let other: TestTenant;
let owner: string;
let admin: string;
beforeAll(async () => {
  server = await createTestServer();
  tenant = await server.addTenant();
  other = await server.addTenant('Another company');
  owner = await server.cookieOf(tenant.users.owner.email);
  admin = await server.cookieOf(tenant.users.admin.email);
});
afterAll(() => server.close());

type Method = 'GET' | 'POST' | 'PATCH' | 'DELETE';
const ask = (cookie: string, method: Method, url: string, payload?: object) =>
  server.app.inject({ method, url: `/api/v1/people${url}`, headers: { cookie }, ...(payload && { payload }) });

test('a team always keeps an owner, also when two owners remove each other at the same moment', async () => {
  expect((await ask(owner, 'DELETE', `/${tenant.users.owner.id}`)).statusCode).toBe(403);
  expect((await ask(owner, 'PATCH', `/${tenant.users.owner.id}`, { role: 'agent' })).statusCode).toBe(403);

  const second = { email: 'second@quillmere.example', name: 'Second', password: TEST_PASSWORD, role: 'owner' };
  const { id } = (await ask(owner, 'POST', '', second)).json();
  const secondCookie = await server.cookieOf(second.email);
  await Promise.all([ask(owner, 'DELETE', `/${id}`), ask(secondCookie, 'DELETE', `/${tenant.users.owner.id}`)]);
  const owners = await server.db.peek(
    `select 1 from memberships where tenant_id = $1 and role = 'owner' and removed_at is null`,
    [tenant.id],
  );
  expect(owners).toHaveLength(1);
  await server.db.peek(`update memberships set removed_at = null where tenant_id = $1`, [tenant.id]);
  owner = await server.cookieOf(tenant.users.owner.email);
});

test('an admin neither makes nor unmakes owners', async () => {
  const person = { email: 'x@quillmere.example', name: 'X', password: TEST_PASSWORD, role: 'owner' };
  expect((await ask(admin, 'POST', '', person)).statusCode).toBe(403);
  expect((await ask(admin, 'PATCH', `/${tenant.users.agent.id}`, { role: 'owner' })).statusCode).toBe(403);
  expect((await ask(admin, 'PATCH', `/${tenant.users.owner.id}`, { role: 'agent' })).statusCode).toBe(403);
  expect((await ask(admin, 'DELETE', `/${tenant.users.owner.id}`)).statusCode).toBe(403);
});

test("inviting another team's person gives them no new password", async () => {
  const { email } = other.users.agent;
  const invited = await ask(admin, 'POST', '', { email, name: 'Mallory', password: 'a new password', role: 'agent' });
  expect(invited.statusCode).toBe(201);
  await expect(server.cookieOf(email, 'a new password')).rejects.toThrow('401');
  await expect(server.cookieOf(email)).resolves.toContain('session_token');
  const people = (await ask(admin, 'GET', '')).json().items;
  expect(people).toContainEqual(expect.objectContaining({ email, name: 'The agent', role: 'agent' }));
});

test('who is on the team already is not added again; who was removed comes back', async () => {
  const person = { email: 'noor@quillmere.example', name: 'Noor', password: TEST_PASSWORD, role: 'agent' };
  const { id } = (await ask(admin, 'POST', '', person)).json();
  const again = await ask(admin, 'POST', '', person);
  expect(again.json()).toMatchObject({ error: { code: 'invalid_input', details: [{ path: 'email' }] } });
  await ask(admin, 'DELETE', `/${id}`);
  expect((await ask(admin, 'DELETE', `/${id}`)).statusCode).toBe(404);
  expect((await ask(admin, 'POST', '', { ...person, role: 'supervisor' })).json()).toEqual({ id });
  expect(
    (await server.app.inject({ url: '/api/v1/me', headers: { cookie: await server.cookieOf(person.email) } })).json(),
  ).toMatchObject({ role: 'supervisor' });
});

test('every change of who may do what stands in the ledger', async () => {
  const kinds = await server.db.peek<{ kind: string; actor: string }>(
    `select kind, actor from audit_entries where tenant_id = $1 and kind like 'person.%' order by id`,
    [tenant.id],
  );
  expect(new Set(kinds.map(({ kind }) => kind))).toEqual(new Set(['person.added', 'person.removed']));
  expect(kinds.every(({ actor }) => actor.startsWith('user:'))).toBe(true);
});
