import { createHmac } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestServer, TEST_PASSWORD, type TestServer, type TestTenant } from '../test-server.ts';

let server: TestServer;
let tenant: TestTenant;
beforeAll(async () => {
  server = await createTestServer();
  tenant = await server.addTenant();
});
afterAll(() => server.close());

const post = (cookie: string, url: string, payload: object) =>
  server.app.inject({ method: 'POST', url, headers: { cookie }, payload });
const auth = (cookie: string, route: string, payload: object) => post(cookie, `/api/auth/${route}`, payload);
const get = (cookie: string, url: string) =>
  server.app.inject({ method: 'GET', url: `/api/v1${url}`, headers: { cookie } });
const signIn = (email: string) =>
  server.app.inject({
    method: 'POST',
    url: '/api/auth/sign-in/email',
    payload: { email, password: TEST_PASSWORD, rememberMe: true },
  });
const cookiesOf = (answer: { cookies: Array<{ name: string; value: string }> }) =>
  answer.cookies
    .filter(({ value }) => value !== '')
    .map(({ name, value }) => `${name}=${encodeURIComponent(value)}`)
    .join('; ');

/** RFC 6238 with SHA-1, six digits and 30 seconds, from the base32 of an otpauth address. */
function codeOf(uri: string): string {
  const letters = new URL(uri).searchParams.get('secret') ?? '';
  const bits = [...letters].map((letter) =>
    'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(letter).toString(2).padStart(5, '0'),
  );
  const bytes = bits.join('').match(/.{8}/g) ?? [];
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30_000)));
  const hash = createHmac('sha1', Buffer.from(bytes.map((byte) => Number.parseInt(byte, 2))))
    .update(counter)
    .digest();
  const offset = (hash.at(-1) ?? 0) & 15;
  return String((hash.readUInt32BE(offset) & 0x7fffffff) % 1_000_000).padStart(6, '0');
}

async function enable(email: string): Promise<{ uri: string; recoveryCodes: string[]; cookie: string }> {
  const before = await server.cookieOf(email);
  const begun = await auth(before, 'two-factor/enable', { password: TEST_PASSWORD });
  expect(begun.statusCode, begun.body).toBe(200);
  const { totpURI: uri, backupCodes: recoveryCodes } = begun.json();
  // Begun is not on: whoever closes the page here can still sign in.
  expect((await signIn(email)).json().twoFactorRedirect).toBeUndefined();
  const done = await auth(before, 'two-factor/verify-totp', { code: codeOf(uri) });
  expect(done.statusCode, done.body).toBe(200);
  return { uri, recoveryCodes, cookie: cookiesOf(done) };
}

test('with a second factor the password alone opens nothing, and a code of the app does', async () => {
  const { email, id } = tenant.users.agent;
  const { uri, cookie } = await enable(email);
  expect((await get(cookie, '/me')).json()).toMatchObject({ twoFactor: true, tenant: { id: tenant.id } });
  const first = await signIn(email);
  expect(first.json()).toMatchObject({ twoFactorRedirect: true });
  expect((await get(cookiesOf(first), '/me')).statusCode).toBe(401);
  expect((await auth(cookiesOf(first), 'two-factor/verify-totp', { code: '000000' })).statusCode).toBe(401);
  const second = await auth(cookiesOf(first), 'two-factor/verify-totp', { code: codeOf(uri) });
  expect(second.statusCode, second.body).toBe(200);
  expect((await get(cookiesOf(second), '/me')).statusCode).toBe(200);
  const kinds = await server.db.peek<{ kind: string }>('select kind from audit_entries where subject = $1', [id]);
  expect(kinds).toContainEqual({ kind: 'person.two_factor_on' });
});

test('a recovery code lets somebody in who lost their phone, once', async () => {
  const { email } = tenant.users.supervisor;
  const { recoveryCodes } = await enable(email);
  const use = async () =>
    auth(cookiesOf(await signIn(email)), 'two-factor/verify-backup-code', { code: recoveryCodes[0] });
  const first = await use();
  expect((await get(cookiesOf(first), '/me')).statusCode).toBe(200);
  expect((await use()).statusCode).toBe(401);
});

test('guessing codes ends soon, however many challenges are begun', async () => {
  const { email } = tenant.users.admin;
  const { uri } = await enable(email);
  for (let tries = 0; tries < 12; tries++) {
    await auth(cookiesOf(await signIn(email)), 'two-factor/verify-totp', { code: '000000' });
  }
  const honest = await auth(cookiesOf(await signIn(email)), 'two-factor/verify-totp', { code: codeOf(uri) });
  expect(honest.statusCode).toBe(429);
});

test('secrets and recovery codes do not stand in the database or the log as they are', async () => {
  const { email } = tenant.users.owner;
  const { uri, recoveryCodes, cookie } = await enable(email);
  const secret = new URL(uri).searchParams.get('secret') ?? '?';
  const stored = JSON.stringify(await server.db.peek('select * from two_factors'));
  for (const words of [stored, server.logged.join()]) {
    for (const each of [secret, ...recoveryCodes]) expect(words).not.toContain(each);
  }
  expect((await auth(cookie, 'two-factor/disable', { password: 'not the password' })).statusCode).toBe(400);
  expect((await auth(cookie, 'two-factor/disable', { password: TEST_PASSWORD })).statusCode).toBe(200);
  await expect(server.cookieOf(email)).resolves.toContain('session_token');
});

test('an owner helps somebody who lost their second factor, unless they work for another company too', async () => {
  const owner = await server.cookieOf(tenant.users.owner.email);
  const other = await server.addTenant('Another company');
  await enable(other.users.agent.email);
  await server.db.withTenant(tenant.id, (tx) =>
    tx.query(`insert into memberships (tenant_id, user_id, role) values ($1, $2, 'agent')`, [
      tenant.id,
      other.users.agent.id,
    ]),
  );
  const drop = (cookie: string, id: string) =>
    server.app.inject({ method: 'DELETE', url: `/api/v1/people/${id}/two-factor`, headers: { cookie } });
  expect((await drop(owner, other.users.agent.id)).statusCode).toBe(403);
  expect((await drop(owner, other.users.owner.id)).statusCode).toBe(404);
  expect((await drop(owner, tenant.users.agent.id)).statusCode).toBe(204);
  expect((await signIn(tenant.users.agent.email)).json().twoFactorRedirect).toBeUndefined();
  // They are told by a letter.
  expect(await server.db.peek('select 1 from mails where sealed is not null')).toHaveLength(1);
});
