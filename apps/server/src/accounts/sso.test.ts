import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestServer, TEST_ORIGIN, TEST_PASSWORD, type TestServer, type TestTenant } from '../test-server.ts';

let server: TestServer;
let tenant: TestTenant;
let owner: string;
let provider: ChildProcess;
let issuer: string;

beforeAll(async () => {
  provider = spawn(
    process.execPath,
    [path.join(import.meta.dirname, 'fixtures/oidc-server.mjs'), `${TEST_ORIGIN}/api/auth/sso/callback`],
    { stdio: ['pipe', 'pipe', 'ignore'] },
  );
  if (provider.stdout === null) throw new Error('No output');
  const [line] = (await once(createInterface({ input: provider.stdout }), 'line')) as [string];
  issuer = line;
  server = await createTestServer();
  tenant = await server.addTenant();
  owner = await server.cookieOf(tenant.users.owner.email);
  expect((await addProvider(owner)).statusCode).toBe(201);
});
afterAll(async () => {
  provider.stdin?.end();
  await once(provider, 'exit');
  await server.close();
});

const DOMAIN = 'quillmere.example';

const ask = (cookie: string, method: 'GET' | 'POST' | 'PATCH' | 'DELETE', url: string, payload?: object) =>
  server.app.inject({ method, url: `/api/v1${url}`, headers: { cookie }, ...(payload && { payload }) });

const addProvider = (cookie: string, change: object = {}) =>
  ask(cookie, 'POST', '/sso', {
    ...{ domain: DOMAIN, issuer, clientId: 'patchline', clientSecret: 'the client secret' },
    ...change,
  });

interface Person {
  sub: string;
  email: string;
  email_verified?: boolean;
  name?: string;
}

/** The way to the provider and back, as a browser goes it: returns the address that the browser came back to. */
async function goThere(email: string, person: Person): Promise<{ back: URL; cookie: string }> {
  await fetch(`${issuer}/next`, { method: 'PUT', body: JSON.stringify(person) });
  const start = await server.app.inject({ method: 'POST', url: '/api/v1/sso/start', payload: { email } });
  expect(start.statusCode, start.body).toBe(200);
  const cookie = String(start.headers['set-cookie']).split(';')[0] ?? '';
  const jar = new Map<string, string>();
  let at = new URL(start.json().url);
  while (at.origin === issuer) {
    const answer = await fetch(at, {
      redirect: 'manual',
      headers: { cookie: [...jar].map(([name, value]) => `${name}=${value}`).join('; ') },
    });
    for (const each of answer.headers.getSetCookie()) {
      const [name = '', value = ''] = each.split(';')[0]?.split('=') ?? [];
      jar.set(name, value);
    }
    const location = answer.headers.get('location');
    if (location === null) throw new Error(`The provider answered ${answer.status}: ${await answer.text()}`);
    at = new URL(location, at);
  }
  return { back: at, cookie };
}

const comeBack = (back: URL, cookie: string) =>
  server.app.inject({ method: 'GET', url: back.pathname + back.search, headers: { cookie } });

async function signInBySso(email: string, person: Person) {
  const { back, cookie } = await goThere(email, person);
  const answer = await comeBack(back, cookie);
  const session = answer.cookies.find(({ name }) => name === 'patchline.session_token');
  return {
    location: answer.headers.location,
    cookie: session ? `${session.name}=${encodeURIComponent(session.value)}` : '',
  };
}

test('a member signs in by the company’s provider, and later even after their address changed there', async () => {
  const { email } = tenant.users.agent;
  const first = await signInBySso(email, { sub: 'agent-1', email, email_verified: true });
  expect(first.location).toBe('/');
  expect((await ask(first.cookie, 'GET', '/me')).json()).toMatchObject({ user: { email }, tenant: { id: tenant.id } });
  const renamed = await signInBySso(email, { sub: 'agent-1', email: `renamed@${DOMAIN}` });
  expect((await ask(renamed.cookie, 'GET', '/me')).json()).toMatchObject({ user: { email } });
});

test('who is invited joins by the provider, without a password; who is not stays out', async () => {
  const stranger = { sub: 'new-1', email: `sso-new@${DOMAIN}`, email_verified: true, name: 'Sasha New' };
  expect((await signInBySso(stranger.email, stranger)).location).toBe('/sign-in?error=sso_not_member');
  await ask(owner, 'POST', '/invitations', { email: stranger.email, role: 'supervisor' });
  const { cookie } = await signInBySso(stranger.email, stranger);
  expect((await ask(cookie, 'GET', '/me')).json()).toMatchObject({ user: { name: 'Sasha New' }, role: 'supervisor' });
});

test('a provider vouches for verified addresses of its own domain and for nobody else', async () => {
  const { email } = tenant.users.admin;
  const unverified = await signInBySso(email, { sub: 'a-1', email, email_verified: false });
  expect(unverified.location).toBe('/sign-in?error=sso_not_member');
  const outside = await ask(owner, 'POST', '/invitations', { email: 'x@elsewhere.example', role: 'agent' });
  expect(outside.statusCode).toBe(201);
  const foreign = await signInBySso(email, { sub: 'a-2', email: 'x@elsewhere.example', email_verified: true });
  expect(foreign.location).toBe('/sign-in?error=sso_not_member');
});

test('an answer works once, in the browser that began, and not when it is spoiled', async () => {
  const { email } = tenant.users.supervisor;
  const person = { sub: 'sup-1', email, email_verified: true };
  const stolen = await goThere(email, person);
  expect((await comeBack(stolen.back, '')).headers.location).toBe('/sign-in?error=sso_expired');
  expect((await comeBack(stolen.back, 'patchline.sso=another')).headers.location).toBe('/sign-in?error=sso_expired');
  expect((await comeBack(stolen.back, stolen.cookie)).headers.location).toBe('/');
  expect((await comeBack(stolen.back, stolen.cookie)).headers.location).toBe('/sign-in?error=sso_expired');
  const spoiled = await goThere(email, person);
  spoiled.back.searchParams.set('code', 'made-up');
  expect((await comeBack(spoiled.back, spoiled.cookie)).headers.location).toBe('/sign-in?error=sso_failed');
});

test('a company’s provider opens that company only, even for people who work in two', async () => {
  const other = await server.addTenant('Another company');
  const { email, id } = other.users.agent;
  await server.db.withTenant(tenant.id, (tx) =>
    tx.query(`insert into memberships (tenant_id, user_id, role) values ($1, $2, 'agent')`, [tenant.id, id]),
  );
  const elsewhere = await server.cookieOf(email);
  const { cookie } = await signInBySso(email, { sub: 'two-1', email, email_verified: true });
  expect((await ask(cookie, 'POST', '/me/tenant', { tenantId: other.id })).json().error.code).toBe('sso_required');
  expect((await ask(cookie, 'GET', '/me/sessions')).json().items).toHaveLength(1);
  await ask(cookie, 'DELETE', '/me/sessions');
  expect((await ask(elsewhere, 'GET', '/me')).statusCode).toBe(200);
});

test('where single sign-on is required a password opens nothing, but for owners, who must mend it when it is down', async () => {
  const [{ id }] = (await ask(owner, 'GET', '/sso')).json().items;
  expect((await ask(owner, 'PATCH', `/sso/${id}`, { required: true })).statusCode).toBe(204);
  const signIn = (email: string, password: string) =>
    server.app.inject({ method: 'POST', url: '/api/auth/sign-in/email', payload: { email, password } });
  const refused = await signIn(tenant.users.agent.email, TEST_PASSWORD);
  expect(refused.json().error?.code).toBe('sso_required');
  expect(refused.cookies).toEqual([]);
  // Nobody learns without the password how somebody signs in.
  expect((await signIn(tenant.users.agent.email, 'wrong password')).statusCode).toBe(401);
  await expect(server.cookieOf(tenant.users.owner.email)).resolves.toContain('session_token');
  expect((await ask(owner, 'PATCH', `/sso/${id}`, { required: false })).statusCode).toBe(204);
});

test('only what answers as a provider is taken, and its secret is sealed and sent to no other', async () => {
  const admin = await server.cookieOf(tenant.users.admin.email);
  expect((await ask(admin, 'GET', '/sso')).statusCode).toBe(403);
  const dead = await addProvider(owner, { domain: 'dead.example', issuer: 'http://127.0.0.1:9' });
  expect(dead.json().error).toMatchObject({ code: 'invalid_input', details: [{ path: 'issuer' }] });
  const plain = await addProvider(owner, { domain: 'plain.example', issuer: 'http://provider.example' });
  expect(plain.json().error).toMatchObject({ code: 'invalid_input', details: [{ path: 'issuer' }] });
  expect((await addProvider(owner)).json().error).toMatchObject({ details: [{ path: 'domain' }] });
  const [{ id }] = (await ask(owner, 'GET', '/sso')).json().items;
  const moved = await ask(owner, 'PATCH', `/sso/${id}`, { issuer: 'https://evil.example' });
  expect(moved.json().error.details).toMatchObject([{ path: 'clientSecret' }]);
  const stored = await server.db.peek(`select encode(client_secret_sealed, 'escape') as text from sso_providers`);
  expect(JSON.stringify(stored)).not.toContain('the client secret');
  expect(server.logged.join()).not.toContain('the client secret');
  const unknown = await server.app.inject({
    method: 'POST',
    url: '/api/v1/sso/start',
    payload: { email: 'a@b.example' },
  });
  expect(unknown.statusCode).toBe(404);
});
