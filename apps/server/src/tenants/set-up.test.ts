import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestServer, type TestServer } from '../test-server.ts';

let server: TestServer;
beforeAll(async () => {
  server = await createTestServer({ scrypt: true });
});
afterAll(() => server.close());

const first = {
  name: 'Helena Quill',
  email: 'helena@quillmere.example',
  password: 'a long password',
  tenantName: 'Quillmere',
};
const setUp = (payload: object) => server.app.inject({ method: 'POST', url: '/api/v1/setup', payload });
const needed = async () => (await server.app.inject({ url: '/api/v1/setup' })).json().needed;

test('only who has the printed token becomes the first owner, once, and two at the same moment make one', async () => {
  expect(await needed()).toBe(true);
  expect((await setUp({ ...first, token: 'guess' })).json()).toMatchObject({ error: { code: 'setup_token_wrong' } });

  const old = await server.setupToken.renew();
  const token = await server.setupToken.renew();
  expect((await setUp({ ...first, token: old })).statusCode).toBe(403);
  expect((await setUp({ ...first, token, password: 'short' })).json()).toMatchObject({
    error: { code: 'invalid_input', details: [{ path: 'password' }] },
  });
  expect(await server.db.peek('select 1 from users')).toEqual([]);

  const both = await Promise.all([
    setUp({ ...first, token }),
    setUp({ ...first, token, email: 'late@quillmere.example' }),
  ]);
  expect(both.map(({ statusCode }) => statusCode).toSorted()).toEqual([204, 409]);
  expect(await needed()).toBe(false);
  expect((await setUp({ ...first, token })).json()).toMatchObject({ error: { code: 'setup_done' } });
  expect(await server.db.peek('select 1 from tenants')).toHaveLength(1);

  const [owner] = await server.db.peek<{ email: string }>(
    `select email from users u join memberships m on m.user_id = u.id where m.role = 'owner'`,
  );
  const cookie = await server.cookieOf(owner?.email ?? '', first.password);
  expect((await server.app.inject({ url: '/api/v1/me', headers: { cookie } })).json()).toMatchObject({
    role: 'owner',
    tenant: { name: 'Quillmere' },
  });
});
