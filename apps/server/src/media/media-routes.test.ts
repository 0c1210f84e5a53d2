import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestServer, type TestServer, type TestTenant } from '../test-server.ts';

const DOT = Buffer.from('R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7', 'base64');

let server: TestServer;
let tenant: TestTenant;
let other: TestTenant;
beforeAll(async () => {
  server = await createTestServer();
  tenant = await server.addTenant();
  other = await server.addTenant('Another company');
});
afterAll(() => server.close());

const upload = (payload: Buffer | string, contentType: string, query = '', key = tenant.apiKey) =>
  server.app.inject({
    method: 'POST',
    url: `/api/v1/media${query}`,
    headers: { authorization: `Bearer ${key}`, 'content-type': contentType },
    payload,
  });
const read = (id: string, key = tenant.apiKey) =>
  server.app.inject({ method: 'GET', url: `/api/v1/media/${id}`, headers: { authorization: `Bearer ${key}` } });

test('a file comes back as it was given, under what it really is', async () => {
  const stored = await upload(DOT, 'image/png', '?name=d%C3%B6t.gif');
  expect(stored.statusCode).toBe(201);
  expect(stored.json()).toMatchObject({ contentType: 'image/gif', bytes: DOT.length, name: 'döt.gif' });
  const back = await read(stored.json().id);
  expect(back.statusCode).toBe(200);
  expect(back.rawPayload).toEqual(DOT);
  expect(back.headers).toMatchObject({
    'content-type': 'image/gif',
    'x-content-type-options': 'nosniff',
    'content-disposition': expect.stringContaining('inline'),
  });
});

test('what could run in a browser is only ever a download, or not taken at all', async () => {
  expect((await upload('<script>alert(1)</script>', 'text/html')).json().error.code).toBe('unsupported_media_type');
  expect((await upload('<svg xmlns="http://www.w3.org/2000/svg"/>', 'image/svg+xml')).statusCode).toBe(415);
  expect((await upload('MZ\u0000\u0000', 'image/gif')).statusCode).toBe(415);
  const card = await upload('BEGIN:VCARD\nFN:Dana\nEND:VCARD\n', 'text/vcard');
  expect((await read(card.json().id)).headers['content-disposition']).toContain('attachment');
});

test('another tenant is told the same of a file as of one that does not exist', async () => {
  const { id } = (await upload(DOT, 'image/gif')).json();
  const foreign = await read(id, other.apiKey);
  const unknown = await read('01890000-0000-7000-8000-000000000000', other.apiKey);
  expect(foreign.statusCode).toBe(404);
  expect(foreign.json().error.code).toBe(unknown.json().error.code);
  const sent = await server.app.inject({
    method: 'POST',
    url: '/api/v1/messages',
    headers: { authorization: `Bearer ${other.apiKey}`, 'idempotency-key': 'foreign-file' },
    payload: { to: '+13035550142', body: '', mediaIds: [id] },
  });
  expect(sent.statusCode).toBe(400);
});

test('too much, nothing and nobody are refused with the reason', async () => {
  expect((await upload(Buffer.alloc(5_000_001, 1), 'image/gif')).json().error.code).toBe('payload_too_large');
  expect((await upload('', 'image/gif')).json().error.code).toBe('invalid_input');
  expect((await upload(DOT, 'image/gif', '', 'not-a-key')).statusCode).toBe(401);
  expect((await upload(DOT, 'image/gif', '?nome=x')).json().error.code).toBe('invalid_input');
});
