import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestServer, type TestServer, type TestTenant } from '../test-server.ts';

let server: TestServer;
let tenant: TestTenant;
let other: TestTenant;
beforeAll(async () => {
  server = await createTestServer();
  tenant = await server.addTenant();
  other = await server.addTenant('Another company');
});
afterAll(() => server.close());

const send = (payload: object, key: string, apiKey = tenant.apiKey) =>
  server.app.inject({
    method: 'POST',
    url: '/api/v1/messages',
    headers: { authorization: `Bearer ${apiKey}`, 'idempotency-key': key },
    payload,
  });
const get = (url: string, apiKey = tenant.apiKey) =>
  server.app.inject({ method: 'GET', url: `/api/v1${url}`, headers: { authorization: `Bearer ${apiKey}` } });

test('a request repeated with its key is answered alike and stored once', async () => {
  const first = await send({ to: '+13035550101', body: 'Once' }, 'key-1');
  const again = await send({ to: '+13035550101', body: 'Once' }, 'key-1');
  expect(first.statusCode).toBe(201);
  expect(first.json()).toMatchObject({ status: 'accepted', decision: { outcome: 'allow' } });
  expect(again.statusCode).toBe(201);
  expect(again.json()).toEqual(first.json());
  expect(await server.db.peek("select 1 from messages where body = 'Once'")).toHaveLength(1);
});

test('twenty copies of a request at the same moment store one text', async () => {
  const answers = await Promise.all(
    Array.from({ length: 20 }, () => send({ to: '+13035550102', body: 'At once' }, 'key-2')),
  );
  for (const answer of answers) expect([201, 409]).toContain(answer.statusCode);
  for (const refused of answers.filter(({ statusCode }) => statusCode === 409)) {
    expect(refused.json().error.code).toBe('idempotency_in_flight');
  }
  expect(await server.db.peek("select 1 from messages where body = 'At once'")).toHaveLength(1);
});

test('a key that was used for another text is refused, and the same key of another tenant is its own', async () => {
  await send({ to: '+13035550103', body: 'First' }, 'key-3');
  const other_text = await send({ to: '+13035550103', body: 'Second' }, 'key-3');
  expect([other_text.statusCode, other_text.json().error.code]).toEqual([422, 'idempotency_mismatch']);
  expect((await send({ to: '+13035550103', body: 'Second' }, 'key-3', other.apiKey)).statusCode).toBe(201);
});

test('a text without a key is not taken: its repetition could not be told from a second one', async () => {
  const answer = await server.app.inject({
    method: 'POST',
    url: '/api/v1/messages',
    headers: { authorization: `Bearer ${tenant.apiKey}` },
    payload: { to: '+13035550104', body: 'x' },
  });
  expect([answer.statusCode, answer.json().error.code]).toEqual([400, 'idempotency_key_required']);
});

test('a refused text says why, is stored with its decision, and its repetition says the same', async () => {
  await server.db.peek(
    `insert into dnc_flags (tenant_id, channel, address, is_set, source, reason, changed_at)
     values ($1, 'sms', '+13035550105', true, 'agent', 'asked on the phone', '2026-03-03')`,
    [tenant.id],
  );
  const refused = await send({ to: '+13035550105', body: 'Hello' }, 'key-5');
  expect([refused.statusCode, refused.json().error.code]).toEqual([409, 'send_refused']);
  expect(refused.json().error.message).toMatch(/^Not sent: .*3? ?March/);
  const { id, decision } = refused.json().error.details;
  expect(decision).toMatchObject({ outcome: 'refuse' });
  expect((await get(`/messages/${id}`)).json()).toMatchObject({ status: 'refused', decisions: [{ stage: 'accept' }] });
  expect((await send({ to: '+13035550105', body: 'Hello' }, 'key-5')).json()).toEqual(refused.json());
});

test('the number last used with a person is the one they are answered from; else the default', async () => {
  const { id } = (await send({ to: '+13035550106', body: 'From where?' }, 'key-6')).json();
  expect((await get(`/messages/${id}`)).json().number).toBe(tenant.number);
  const foreign = await send({ to: '+13035550106', from: other.number, body: 'x' }, 'key-7');
  expect([foreign.statusCode, foreign.json().error.details[0].path]).toEqual([400, 'from']);
});

test('a person without the thread cannot answer it; the first text to somebody needs no thread', async () => {
  const cookie = await server.cookieOf(tenant.users.agent.email);
  const asAgent = (body: string, key: string) =>
    server.app.inject({
      method: 'POST',
      url: '/api/v1/messages',
      headers: { cookie, origin: 'http://desk.test', 'idempotency-key': key },
      payload: { to: '+13035550107', body },
    });
  expect((await asAgent('Hello', 'key-8')).statusCode).toBe(201);
  const second = await asAgent('And more', 'key-9');
  expect([second.statusCode, second.json().error.code]).toEqual([409, 'lock_required']);
});

test('pages of the inbox and of a thread hold every row once, in order', async () => {
  for (let n = 0; n < 7; n++) await send({ to: '+13035550110', body: `text ${n}` }, `page-${n}`);
  const seen: string[] = [];
  let cursor: string | null = '';
  while (cursor !== null) {
    const page: { items: Array<{ id: string; lastMessage: { at: string } }>; nextCursor: string | null } = (
      await get(`/conversations?status=all&limit=2${cursor === '' ? '' : `&cursor=${cursor}`}`)
    ).json();
    seen.push(...page.items.map(({ id }) => id));
    cursor = page.nextCursor;
  }
  expect(new Set(seen).size).toBe(seen.length);
  const { items } = (await get('/conversations?q=text%206')).json();
  expect(items).toHaveLength(1);
  const newest = (await get(`/conversations/${items[0].id}/messages?limit=3`)).json();
  expect(newest.items.map((item: { seq: number }) => item.seq)).toEqual([7, 6, 5]);
  const older = (await get(`/conversations/${items[0].id}/messages?limit=10&before=${newest.nextCursor}`)).json();
  expect(older.items.map((item: { seq: number }) => item.seq)).toEqual([4, 3, 2, 1]);
  expect(older.nextCursor).toBeNull();
});

test('parameters that are left empty are parameters that are left out', async () => {
  const { items } = (await get('/conversations?status=&q=&cursor=&limit=')).json();
  expect(items.length).toBeGreaterThan(0);
  const { items: messages } = (await get(`/conversations/${items[0].id}/messages?before=&after=&limit=`)).json();
  expect(messages.length).toBeGreaterThan(0);
});

test('another tenant gets the answer of things that do not exist', async () => {
  const { id } = (await send({ to: '+13035550111', body: 'ours' }, 'iso-1')).json();
  const [{ conversation_id: conversation = '' } = {}] = await server.db.peek<{ conversation_id: string }>(
    'select conversation_id from messages where id = $1',
    [id],
  );
  for (const url of [`/messages/${id}`, `/conversations/${conversation}`, `/conversations/${conversation}/messages`]) {
    const foreign = await get(url, other.apiKey);
    expect([foreign.statusCode, foreign.json().error.code], url).toEqual([404, 'not_found']);
  }
});
