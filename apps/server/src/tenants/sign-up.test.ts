import { createHash } from 'node:crypto';
import { afterEach, expect, test } from 'vitest';
import { createTestServer, type TestServer } from '../test-server.ts';

let server: TestServer;
afterEach(() => server.close());

const wish = {
  email: 'New@quillmere.example',
  name: 'New Person',
  password: 'maple-otter-lantern-43',
  tenantName: 'Fresh company',
  timeZone: 'Europe/Berlin',
};
const post = (url: string, payload: object) => server.app.inject({ method: 'POST', url: `/api/v1${url}`, payload });

test('a stranger’s company is made once their e-mail is confirmed, once, and tells nobody who has an account', async () => {
  server = await createTestServer({ signUp: true });
  const tenant = await server.addTenant();
  const asked = await post('/sign-up', wish);
  const known = await post('/sign-up', { ...wish, email: tenant.users.agent.email });
  expect([asked.statusCode, asked.body]).toEqual([202, known.body]);
  expect(await server.db.peek('select 1 from mails')).toHaveLength(2);
  expect(JSON.stringify(await server.db.peek('select * from sign_ups'))).not.toContain(wish.password);

  const hash = createHash('sha256').update('from the letter').digest();
  await server.db.peek('update sign_ups set token_hash = $1 where email = $2', [hash, 'new@quillmere.example']);
  expect((await post('/sign-up/confirm', { token: 'another' })).statusCode).toBe(404);
  expect((await post('/sign-up/confirm', { token: 'from the letter' })).statusCode).toBe(204);
  expect((await post('/sign-up/confirm', { token: 'from the letter' })).statusCode).toBe(404);

  const cookie = await server.cookieOf(wish.email, wish.password);
  const me = await server.app.inject({ url: '/api/v1/me', headers: { cookie } });
  expect(me.json()).toMatchObject({ role: 'owner', installationOwner: false, tenant: { name: 'Fresh company' } });
});

test('where sign-up is not allowed, nothing tells that it could be', async () => {
  server = await createTestServer();
  const answers = [
    await post('/sign-up', wish),
    await post('/sign-up', { nonsense: true }),
    await post('/sign-up/confirm', { token: 'x' }),
  ];
  for (const answer of answers) {
    expect([answer.statusCode, answer.json().error.code]).toEqual([404, 'not_found']);
  }
  expect(await server.db.peek('select 1 from sign_ups')).toEqual([]);
});
