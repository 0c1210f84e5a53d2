import { v7 as uuidv7 } from 'uuid';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { placeMessage } from '../messaging/index.ts';
import { createTestServer, type TestServer, type TestTenant } from '../test-server.ts';

let server: TestServer;
let tenant: TestTenant;
let admin: string;
let agent: string;
let numberId: string;
let accountId: string;
beforeAll(async () => {
  server = await createTestServer();
  tenant = await server.addTenant();
  admin = await server.cookieOf(tenant.users.admin.email);
  agent = await server.cookieOf(tenant.users.agent.email);
  const [number] = await server.db.peek<{ id: string; carrier_account_id: string }>(
    'select id, carrier_account_id from numbers where tenant_id = $1',
    [tenant.id],
  );
  numberId = number?.id ?? '';
  accountId = number?.carrier_account_id ?? '';
});
afterAll(() => server.close());

type Method = 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE';
const ask = (cookie: string, method: Method, url: string, payload?: object) =>
  server.app.inject({
    method,
    url: `/api/v1${url}`,
    headers: { cookie, 'idempotency-key': uuidv7() },
    ...(payload && { payload }),
  });
const makeTeam = async (name: string) => (await ask(admin, 'POST', '/teams', { name })).json().id as string;
const arrives = (their: string) =>
  server.db.withTenant(tenant.id, (tx) =>
    placeMessage(tx, {
      id: uuidv7(),
      direction: 'inbound',
      status: 'received',
      our: tenant.number,
      their,
      body: 'hello',
      media: [],
      lane: 'conversation',
      accountId,
      carrierMessageId: uuidv7(),
      author: null,
      decision: null,
      lockToken: null,
      at: new Date(),
    }),
  );

test('the threads of a team’s number are not there for who is not in it, whatever way they are asked for', async () => {
  const placed = await arrives('+13035550181');
  if (placed.outcome !== 'placed') throw new Error('not placed');
  const { conversationId } = placed;
  const messageId = placed.entries.flatMap(({ row }) => ('messageId' in row ? [row.messageId] : []))[0] ?? '';
  const mediaId = uuidv7();
  const bytes = Buffer.from('a picture');
  await server.db.peek(
    `insert into media (tenant_id, id, status, content_type, message_id, bytes, sha256, carrier_account_id, source_url)
     values ($1, $2, 'stored', 'image/png', $3, $4, $5, $6, 'https://carrier.test/1')`,
    [tenant.id, mediaId, messageId, bytes.length, await server.core.media.put(tenant.id, bytes), accountId],
  );
  const ways = async (cookie: string) => {
    const all: Array<[Method, string, object?]> = [
      ['GET', `/conversations/${conversationId}`],
      ['GET', `/conversations/${conversationId}/messages`],
      ['POST', `/conversations/${conversationId}/open`],
      ['POST', `/conversations/${conversationId}/read`, { seq: 1 }],
      ['POST', `/conversations/${conversationId}/close`],
      ['POST', `/conversations/${conversationId}/reopen`],
      ['GET', `/messages/${messageId}`],
      ['GET', `/media/${mediaId}`],
    ];
    return Promise.all(all.map(async ([method, url, payload]) => (await ask(cookie, method, url, payload)).statusCode));
  };
  const listed = async (cookie: string) => (await ask(cookie, 'GET', '/conversations')).json().items.length as number;
  expect(await ways(agent)).toEqual([200, 200, 200, 204, 204, 204, 200, 200]);
  expect(await listed(agent)).toBe(1);

  const team = await makeTeam('Repairs');
  expect((await ask(admin, 'PATCH', `/numbers/${numberId}`, { teamId: team })).statusCode).toBe(204);
  expect(await ways(agent)).toEqual([404, 404, 404, 404, 404, 404, 404, 404]);
  expect(await listed(agent)).toBe(0);
  expect((await ask(agent, 'GET', '/conversations?q=hello')).json().items).toEqual([]);
  const text = { to: '+13035550181', body: 'x', lockToken: 1 };
  for (const from of [undefined, tenant.number]) {
    const answer = await ask(agent, 'POST', '/messages', { ...text, ...(from && { from }) });
    expect(answer.json()).toMatchObject({ error: { code: 'invalid_input', details: [{ path: 'from' }] } });
  }
  expect(await ways(admin)).toEqual([200, 200, 200, 204, 204, 204, 200, 200]);
  const supervisor = await server.cookieOf(tenant.users.supervisor.email);
  expect(await listed(supervisor)).toBe(1);

  const members = { userIds: [tenant.users.agent.id] };
  expect((await ask(admin, 'PUT', `/teams/${team}/members`, members)).statusCode).toBe(204);
  expect(await ways(agent)).toEqual([200, 200, 200, 204, 204, 204, 200, 200]);
  expect((await ask(agent, 'POST', '/messages', text)).statusCode).toBe(201);

  const people = (await ask(admin, 'GET', '/people')).json().items as Array<{ id: string; teams: unknown[] }>;
  expect(people.find(({ id }) => id === tenant.users.agent.id)?.teams).toEqual([{ id: team, name: 'Repairs' }]);
  expect((await ask(agent, 'GET', '/teams')).json().items).toEqual([
    { id: team, name: 'Repairs', memberIds: [tenant.users.agent.id], numberIds: [numberId] },
  ]);

  expect((await ask(admin, 'PUT', `/teams/${team}/members`, { userIds: [] })).statusCode).toBe(204);
  expect(await listed(agent)).toBe(0);
  expect((await ask(admin, 'DELETE', `/teams/${team}`)).statusCode).toBe(204);
  expect(await listed(agent)).toBe(1);
});

test('an API key of an agent’s role sees what everybody sees, and one that may see all teams sees all', async () => {
  const team = await makeTeam('Sales');
  await ask(admin, 'PATCH', `/numbers/${numberId}`, { teamId: team });
  const keyOf = async (wish: object) =>
    (await ask(admin, 'POST', '/api-keys', { name: 'x', ...wish })).json().key as string;
  const seen = async (key: string) => {
    const headers = { authorization: `Bearer ${key}` };
    return (await server.app.inject({ url: '/api/v1/conversations', headers })).json().items.length as number;
  };
  expect(await seen(await keyOf({ role: 'agent' }))).toBe(0);
  expect(await seen(await keyOf({ role: 'supervisor', scopes: ['threads.read'] }))).toBe(0);
  expect(await seen(await keyOf({ role: 'supervisor', scopes: ['threads.read', 'threads.all_teams'] }))).toBe(1);
  await ask(admin, 'DELETE', `/teams/${team}`);
});

test('a team takes no name that is taken, nobody who is not here, and nobody of another company', async () => {
  const team = await makeTeam('Night shift');
  expect((await ask(admin, 'POST', '/teams', { name: 'NIGHT SHIFT' })).json()).toMatchObject({
    error: { details: [{ path: 'name', message: 'is taken' }] },
  });
  const other = await server.addTenant('Another company');
  for (const stranger of [other.users.agent.id, uuidv7()]) {
    const answer = await ask(admin, 'PUT', `/teams/${team}/members`, { userIds: [tenant.users.agent.id, stranger] });
    expect(answer.json()).toMatchObject({ error: { code: 'invalid_input', details: [{ path: 'userIds' }] } });
  }
  const theirs = await server.cookieOf(other.users.admin.email);
  for (const [method, url, payload] of [
    ['PATCH', `/teams/${team}`, { name: 'x' }],
    ['DELETE', `/teams/${team}`],
    ['PUT', `/teams/${team}/members`, { userIds: [] }],
  ] as const) {
    expect((await ask(theirs, method, url, payload)).statusCode).toBe(404);
  }
  const foreign = (await ask(theirs, 'POST', '/teams', { name: 'Theirs' })).json().id as string;
  const given = await ask(admin, 'PATCH', `/numbers/${numberId}`, { teamId: foreign });
  expect(given.json()).toMatchObject({ error: { code: 'invalid_input', details: [{ path: 'teamId' }] } });
});

test('who is removed and comes back is in no team', async () => {
  const team = await makeTeam('Old hands');
  await ask(admin, 'PUT', `/teams/${team}/members`, { userIds: [tenant.users.agent.id] });
  await ask(admin, 'DELETE', `/people/${tenant.users.agent.id}`);
  const { items } = (await ask(admin, 'GET', '/teams')).json();
  expect(items.find(({ id }: { id: string }) => id === team).memberIds).toEqual([]);
});
