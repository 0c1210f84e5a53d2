import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestServer, TEST_ORIGIN, TEST_PASSWORD, type TestServer, type TestTenant } from '../../test-server.ts';

let server: TestServer;
let tenant: TestTenant;
beforeAll(async () => {
  server = await createTestServer();
  tenant = await server.addTenant();
});
afterAll(() => server.close());

const signIn = (email: string, password: string, headers: Record<string, string> = {}) =>
  server.app.inject({ method: 'POST', url: '/api/auth/sign-in/email', headers, payload: { email, password } });
const me = (cookie: string) => server.app.inject({ url: '/api/v1/me', headers: { cookie } });

test('a person signs in, and the cookie is out of reach for scripts and other sites', async () => {
  const answer = await signIn(tenant.users.agent.email.toUpperCase(), TEST_PASSWORD);
  expect(answer.statusCode).toBe(200);
  expect(answer.cookies).toMatchObject([
    { name: 'patchline.session_token', httpOnly: true, sameSite: 'Lax', path: '/', maxAge: 30 * 86_400 },
  ]);
  const cookie = await server.cookieOf(tenant.users.agent.email);
  expect((await me(cookie)).json()).toMatchObject({
    user: { id: tenant.users.agent.id, email: tenant.users.agent.email, name: 'The agent' },
    tenant: { id: tenant.id, timeZone: 'America/Denver' },
    role: 'agent',
    hotUrl: 'http://hot.test',
    handsetUrl: 'http://emulator.test/handset',
  });
});

test('a wrong password, an unknown person and a person without a team are refused, the first two alike', async () => {
  const wrong = await signIn(tenant.users.agent.email, 'not the password');
  const unknown = await signIn('nobody@quillmere.example', 'not the password');
  expect(wrong.statusCode).toBe(401);
  expect(unknown.statusCode).toBe(401);
  expect(unknown.json()).toEqual(wrong.json());

  await server.signIn.createUser({ email: 'loner@quillmere.example', name: 'Loner', password: TEST_PASSWORD });
  const loner = await signIn('loner@quillmere.example', TEST_PASSWORD);
  expect(loner.statusCode).toBe(403);
  expect(loner.json()).toMatchObject({ code: 'NO_MEMBERSHIP' });
  expect(loner.cookies).toEqual([]);
});

test('nobody makes themselves an account, and the doors of better-auth that we do not use are closed', async () => {
  for (const [method, path] of [
    ['POST', 'sign-up/email'],
    ['POST', 'update-user'],
    ['POST', 'request-password-reset'],
    ['GET', 'list-sessions'],
    ['GET', 'error'],
  ] as const) {
    const payload = { email: 'new@quillmere.example', password: TEST_PASSWORD, name: 'New' };
    const answer = await server.app.inject({
      method,
      url: `/api/auth/${path}`,
      ...(method === 'POST' ? { payload } : {}),
    });
    expect([path, answer.statusCode]).toEqual([path, 404]);
  }
  expect(await server.db.peek(`select 1 from users where email = 'new@quillmere.example'`)).toEqual([]);
});

test('a signed-out, forged or torn cookie opens nothing', async () => {
  const cookie = await server.cookieOf(tenant.users.agent.email);
  const torn = [`${cookie}x`, cookie.slice(0, -4), 'patchline.session_token=', 'patchline.session_token=%00.%ff', '='];
  for (const value of torn) expect([value, (await me(value)).statusCode]).toEqual([value, 401]);

  const out = await server.app.inject({ method: 'POST', url: '/api/auth/sign-out', headers: { cookie }, payload: {} });
  expect(out.statusCode).toBe(200);
  expect((await me(cookie)).json()).toMatchObject({ error: { code: 'unauthenticated' } });
});

test('a removed member is refused at the next request, and a changed role counts from it', async () => {
  const owner = await server.cookieOf(tenant.users.owner.email);
  const added = await server.app.inject({
    method: 'POST',
    url: '/api/v1/people',
    headers: { cookie: owner },
    payload: { email: 'ivo@quillmere.example', name: 'Ivo', password: TEST_PASSWORD, role: 'agent' },
  });
  expect(added.statusCode).toBe(201);
  const { id } = added.json();
  const cookie = await server.cookieOf('ivo@quillmere.example');
  const keys = () => server.app.inject({ url: '/api/v1/api-keys', headers: { cookie } });
  expect((await keys()).statusCode).toBe(403);

  const change = (method: 'PATCH' | 'DELETE', payload?: object) =>
    server.app.inject({ method, url: `/api/v1/people/${id}`, headers: { cookie: owner }, ...(payload && { payload }) });
  expect((await change('PATCH', { role: 'admin' })).statusCode).toBe(204);
  expect((await keys()).statusCode).toBe(200);

  expect((await change('DELETE')).statusCode).toBe(204);
  expect((await keys()).statusCode).toBe(401);
  expect((await signIn('ivo@quillmere.example', TEST_PASSWORD)).statusCode).toBe(403);
});

test('a membership that ended counts even while its session lives on, as after a crash between the two', async () => {
  const { id, email } = tenant.users.supervisor;
  const cookie = await server.cookieOf(email);
  await server.db.peek('update memberships set removed_at = now() where user_id = $1', [id]);
  expect((await me(cookie)).statusCode).toBe(401);
  await server.db.peek('update memberships set removed_at = null where user_id = $1', [id]);
  expect((await me(cookie)).statusCode).toBe(200);
});

test('requests from another site are refused, whatever cookie they carry', async () => {
  const cookie = await server.cookieOf(tenant.users.agent.email);
  const ask = (headers: Record<string, string>) =>
    server.app.inject({ method: 'POST', url: '/api/v1/hot-token', headers: { cookie, ...headers } });
  const refused: Record<string, string>[] = [
    { origin: 'http://evil.test' },
    { origin: 'null' },
    { origin: `${TEST_ORIGIN}.evil.test` },
    { 'sec-fetch-site': 'cross-site', origin: TEST_ORIGIN },
    { 'sec-fetch-site': 'same-site' },
  ];
  for (const headers of refused) {
    const answer = await ask(headers);
    expect([headers, answer.statusCode, answer.json().error.code]).toEqual([headers, 403, 'bad_origin']);
  }
  expect((await ask({ origin: TEST_ORIGIN })).statusCode).toBe(200);
  expect((await ask({ 'sec-fetch-site': 'same-origin' })).statusCode).toBe(200);

  // The beacon takes text/plain, which a form of another site could send; signing in would be worth forging too.
  const beacon = await server.app.inject({
    method: 'POST',
    url: `/api/v1/threads/${tenant.id}/lock/release`,
    headers: { cookie, origin: 'http://evil.test', 'content-type': 'text/plain' },
    payload: JSON.stringify({ tabId: 'tab', token: 1 }),
  });
  expect(beacon.json()).toMatchObject({ error: { code: 'bad_origin' } });
  const login = await signIn(tenant.users.agent.email, TEST_PASSWORD, { origin: 'http://evil.test' });
  expect(login.statusCode).toBe(403);
});

test('guessing passwords is slowed down with a clear message, and signing in properly never is', async () => {
  const { email } = tenant.users.supervisor;
  for (let time = 0; time < 12; time++) expect((await signIn(email, TEST_PASSWORD)).statusCode).toBe(200);
  for (let time = 0; time < 10; time++) expect((await signIn(email, 'guess')).statusCode).toBe(401);
  const refused = await signIn(email, TEST_PASSWORD);
  expect(refused.statusCode).toBe(429);
  expect(refused.json().error).toMatchObject({ code: 'too_many_requests', message: /Wait \d+ seconds/ });
  expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0);
  // Somebody else at the same address is not held up.
  expect((await signIn(tenant.users.admin.email, TEST_PASSWORD)).statusCode).toBe(200);
  server.advance(60_000);
  expect((await signIn(email, TEST_PASSWORD)).statusCode).toBe(200);
});

test('the log names nobody: no password, cookie, e-mail or key', async () => {
  const { email } = tenant.users.agent;
  const cookie = await server.cookieOf(email);
  await signIn(email, 'not the password');
  const token = decodeURIComponent(cookie.split('=')[1] ?? '').split('.')[0] ?? 'no token';
  const all = server.logged.join('');
  for (const secret of [TEST_PASSWORD, 'not the password', email, token, tenant.apiKey])
    expect(all).not.toContain(secret);
});
