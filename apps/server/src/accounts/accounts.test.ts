import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pino } from 'pino';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createMailbox, type Mailbox } from '../mailbox/mailbox.ts';
import { startJobRunner } from '../platform/jobs/runner.ts';
import { mailJobs } from '../platform/mail/send-mail.ts';
import { createTestServer, TEST_PASSWORD, type TestServer, type TestTenant } from '../test-server.ts';
import { accountJobs } from './index.ts';

let server: TestServer;
let mailbox: Mailbox;
let folder: string;
let jobs: { stop(): Promise<void> };
let tenant: TestTenant;
let other: TestTenant;
let owner: string;
let admin: string;

beforeAll(async () => {
  server = await createTestServer();
  folder = await mkdtemp(path.join(tmpdir(), 'patchline-mail-'));
  mailbox = await createMailbox({ folder, port: 0, smtpPort: 0 });
  jobs = await startJobRunner({
    pool: server.db.pools.jobs,
    tasks: {
      ...accountJobs(server.accounts),
      ...mailJobs({ ...server.accounts, smtpUrl: mailbox.smtpUrl, mailFrom: 'Patchline <no-reply@desk.test>' }),
    },
    concurrency: 4,
    log: pino({ level: 'silent' }),
  });
  tenant = await server.addTenant();
  other = await server.addTenant('Another company');
  owner = await server.cookieOf(tenant.users.owner.email);
  admin = await server.cookieOf(tenant.users.admin.email);
});
afterAll(async () => {
  await jobs.stop();
  await mailbox.close();
  await server.close();
  await rm(folder, { recursive: true });
});

type Method = 'GET' | 'POST' | 'DELETE';
const ask = (cookie: string | null, method: Method, url: string, payload?: object) =>
  server.app.inject({ method, url, headers: cookie ? { cookie } : {}, ...(payload && { payload }) });
const api = (cookie: string | null, method: Method, url: string, payload?: object) =>
  ask(cookie, method, `/api/v1${url}`, payload);

/** Waits until no job waits or runs, then returns the mailbox's page of letters to somebody, newest first. */
async function lettersTo(address: string): Promise<string[]> {
  await expect
    .poll(() => server.db.peek('select 1 from graphile_worker._private_jobs where attempts < max_attempts'), {
      timeout: 10_000,
      interval: 50,
    })
    .toHaveLength(0);
  const list = await (await fetch(mailbox.url)).text();
  const ids = [...list.matchAll(/letters\/([\w-]+)/g)].map((match) => match[1]);
  const pages = await Promise.all(ids.map(async (id) => (await fetch(`${mailbox.url}letters/${id}`)).text()));
  return pages.filter((page) => page.includes(`<dd>${address}</dd>`));
}

function tokenIn(page: string | undefined): string {
  const token = /token=([\w-]{43})</.exec(page ?? '')?.[1];
  if (token === undefined) throw new Error(`No link in ${page}`);
  return token;
}

async function invite(email: string, role = 'agent'): Promise<{ id: string; token: string }> {
  const answer = await api(admin, 'POST', '/invitations', { email, role });
  expect(answer.statusCode, answer.body).toBe(201);
  return { id: answer.json().id, token: tokenIn((await lettersTo(email))[0]) };
}

const auditKinds = async () =>
  (await server.db.peek<{ kind: string }>('select kind from audit_entries where tenant_id = $1', [tenant.id])).map(
    ({ kind }) => kind,
  );

test('somebody who is invited gets a letter, joins once with it, and signs in', async () => {
  const { token } = await invite('new@quillmere.example');
  const look = await api(null, 'POST', '/invitations/look', { token });
  expect(look.json()).toEqual({
    email: 'new@quillmere.example',
    tenantName: 'Quillmere Heating',
    role: 'agent',
    hasAccount: false,
  });
  const accept = () => api(null, 'POST', '/invitations/accept', { token, name: 'New', password: TEST_PASSWORD });
  expect((await api(null, 'POST', '/invitations/accept', { token })).statusCode).toBe(400);
  expect((await accept()).statusCode).toBe(204);
  expect((await accept()).statusCode).toBe(404);
  const me = await api(await server.cookieOf('new@quillmere.example'), 'GET', '/me');
  expect(me.json()).toMatchObject({ tenant: { id: tenant.id }, role: 'agent', twoFactor: false });
  expect((await api(admin, 'GET', '/invitations')).json().items).toEqual([]);
  expect(await auditKinds()).toEqual(expect.arrayContaining(['person.invited', 'person.joined']));
});

test('a forwarded invitation gives nobody the account of whom it was for', async () => {
  const { email } = other.users.agent;
  const { token } = await invite(email);
  expect((await api(null, 'POST', '/invitations/look', { token })).json()).toMatchObject({ hasAccount: true });
  const stranger = await api(null, 'POST', '/invitations/accept', { token, name: 'X', password: 'not the password' });
  expect(stranger.json().error).toMatchObject({ code: 'invalid_input', details: [{ path: 'password' }] });
  const somebodyElse = await api(admin, 'POST', '/invitations/accept', { token });
  expect(somebodyElse.statusCode).toBe(400);
  const themselves = await api(await server.cookieOf(email), 'POST', '/invitations/accept', { token });
  expect(themselves.statusCode).toBe(204);
  await expect(server.cookieOf(email)).resolves.toContain('session_token');
});

test('an invitation that was taken back, sent again or is too old lets nobody in', async () => {
  const withdrawn = await invite('withdrawn@quillmere.example');
  expect((await api(admin, 'DELETE', `/invitations/${withdrawn.id}`)).statusCode).toBe(204);
  const again = await invite('again@quillmere.example');
  expect((await api(admin, 'POST', `/invitations/${again.id}/resend`)).statusCode).toBe(204);
  const letters = await lettersTo('again@quillmere.example');
  const fresh = letters.map(tokenIn).find((token) => token !== again.token);
  const old = await invite('old@quillmere.example');
  await server.db.peek(`update invitations set expires_at = now() where id = $1`, [old.id]);
  for (const { token } of [withdrawn, again, old]) {
    expect((await api(null, 'POST', '/invitations/look', { token })).statusCode).toBe(404);
    const accepted = await api(null, 'POST', '/invitations/accept', { token, name: 'X', password: TEST_PASSWORD });
    expect(accepted.statusCode).toBe(404);
  }
  expect((await api(null, 'POST', '/invitations/look', { token: fresh })).statusCode).toBe(200);
});

test('nobody invites above their role, and no company sees or ends the invitations of another', async () => {
  expect((await api(admin, 'POST', '/invitations', { email: 'o@x.example', role: 'owner' })).statusCode).toBe(403);
  const { id } = await invite('mine@quillmere.example');
  const stranger = await server.cookieOf(other.users.owner.email);
  expect((await api(stranger, 'GET', '/invitations')).json().items).toEqual([]);
  expect((await api(stranger, 'DELETE', `/invitations/${id}`)).statusCode).toBe(404);
  const agent = await server.cookieOf(tenant.users.agent.email);
  expect((await api(agent, 'GET', '/invitations')).statusCode).toBe(403);
});

test('a forgotten password is mended once by a letter, and every session ends', async () => {
  const { email } = tenant.users.supervisor;
  const session = await server.cookieOf(email);
  expect((await api(null, 'POST', '/password-reset', { email: email.toUpperCase() })).statusCode).toBe(202);
  const token = tokenIn((await lettersTo(email))[0]);
  const confirm = (password: string) => api(null, 'POST', '/password-reset/confirm', { token, password });
  expect((await confirm('a new password 77')).statusCode).toBe(204);
  expect((await confirm('another password 78')).statusCode).toBe(404);
  expect((await api(session, 'GET', '/me')).statusCode).toBe(401);
  await expect(server.cookieOf(email)).rejects.toThrow('401');
  await expect(server.cookieOf(email, 'a new password 77')).resolves.toContain('session_token');
  expect(await auditKinds()).toContain('person.password_reset');
});

test('asking for a password tells nobody whether an address is known, and does the same work for both', async () => {
  const known = await api(null, 'POST', '/password-reset', { email: tenant.users.agent.email });
  const unknown = await api(null, 'POST', '/password-reset', { email: 'nobody@quillmere.example' });
  expect([unknown.statusCode, unknown.body]).toEqual([known.statusCode, known.body]);
  expect(await lettersTo('nobody@quillmere.example')).toEqual([]);
  expect(await lettersTo(tenant.users.agent.email)).toHaveLength(1);
  for (let tries = 0; tries < 4; tries++) await api(null, 'POST', '/password-reset', { email: 'many@x.example' });
  await api(null, 'POST', '/password-reset', { email: 'many@x.example' });
  expect((await api(null, 'POST', '/password-reset', { email: 'many@x.example' })).statusCode).toBe(429);
});

test('neither the database nor the log holds what a link carries', async () => {
  const { token } = await invite('secret@quillmere.example');
  const rows = JSON.stringify([
    await server.db.peek(`select *, encode(token_hash, 'escape') as plain from invitations`),
    await server.db.peek('select * from mails'),
    await server.db.peek('select * from graphile_worker._private_jobs'),
    await server.db.peek('select payload from audit_payloads'),
  ]);
  expect(rows).not.toContain(token);
  expect(server.logged.join()).not.toContain(token);
  expect(await server.db.peek('select 1 from mails where sealed is not null')).toEqual([]);
});

test('people see where they are signed in and end it there; nobody ends the sessions of others', async () => {
  const { email } = tenant.users.agent;
  const here = await server.cookieOf(email);
  const there = await server.cookieOf(email);
  const items = (await api(here, 'GET', '/me/sessions')).json().items;
  expect(items.filter((item: { current: boolean }) => item.current)).toHaveLength(1);
  expect(items[0]).toMatchObject({ tenant: { id: tenant.id, name: 'Quillmere Heating' } });
  const elsewhere = items.find((item: { current: boolean }) => !item.current);
  expect((await api(owner, 'DELETE', `/me/sessions/${elsewhere.id}`)).statusCode).toBe(404);
  expect((await api(here, 'DELETE', '/me/sessions')).statusCode).toBe(204);
  expect((await api(there, 'GET', '/me')).statusCode).toBe(401);
  expect((await api(here, 'GET', '/me')).statusCode).toBe(200);
  expect((await api(admin, 'DELETE', `/people/${other.users.owner.id}/sessions`)).statusCode).toBe(404);
  expect((await api(admin, 'DELETE', `/people/${tenant.users.owner.id}/sessions`)).statusCode).toBe(403);
  expect((await api(admin, 'DELETE', `/people/${tenant.users.agent.id}/sessions`)).statusCode).toBe(204);
  expect((await api(here, 'GET', '/me')).statusCode).toBe(401);
  const people = (await api(admin, 'GET', '/people')).json().items;
  expect(people.find((person: { email: string }) => person.email === email).lastSeenAt).not.toBeNull();
});
