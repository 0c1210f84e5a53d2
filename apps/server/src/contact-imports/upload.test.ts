import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestServer, type TestServer, type TestTenant } from '../test-server.ts';

/** Over sockets: what is injected never meets the stream that a real upload is. */
let server: TestServer;
let tenant: TestTenant;
let url: string;
beforeAll(async () => {
  server = await createTestServer();
  tenant = await server.addTenant();
  url = await server.app.listen({ host: '127.0.0.1', port: 0 });
});
afterAll(() => server.close());

async function upload(role: 'supervisor' | 'agent', file: string) {
  const cookie = await server.cookieOf(tenant.users[role].email);
  const answer = await fetch(`${url}/api/v1/contact-imports?name=people.csv`, {
    method: 'POST',
    headers: { cookie, origin: server.core.publicUrl, 'content-type': 'text/csv' },
    body: file,
  });
  return { status: answer.status, body: (await answer.json()) as { header: string[]; error: { code: string } } };
}

const file = `Name,Phone\n${Array.from({ length: 100_000 }, (_, n) => `Socket ${n},+1${7_208_000_000 + n}\n`).join('')}`;

test('a file of megabytes that comes over a socket is taken', async () => {
  const { status, body } = await upload('supervisor', file);
  expect([status, body.header]).toEqual([201, ['Name', 'Phone']]);
});

test('who may not import is told so, however large the file', async () => {
  const { status, body } = await upload('agent', file);
  expect([status, body.error.code]).toEqual([403, 'forbidden']);
});
