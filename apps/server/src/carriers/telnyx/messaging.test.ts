import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { MESSAGE_STATUSES } from '@patchline/contracts/message-status';
import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { CarrierAccount } from '../messaging-carrier.ts';
import { telnyxMessaging } from './messaging.ts';
import { statusFromTelnyx } from './statuses.ts';

interface Seen {
  method: string;
  url: string;
  authorization: string;
  body: Record<string, unknown>;
}

/** A server that speaks Telnyx's wire format as far as a test says. */
let server: Server;
let url: string;
let seen: Seen[] = [];
let reply: { status: number; body: string } | 'cut';
beforeAll(async () => {
  server = createServer(async (request, response) => {
    let text = '';
    for await (const chunk of request) text += chunk;
    seen.push({
      method: request.method ?? '',
      url: request.url ?? '',
      authorization: request.headers.authorization ?? '',
      body: text === '' ? {} : JSON.parse(text),
    });
    if (reply === 'cut') request.socket.destroy();
    else response.writeHead(reply.status, { 'content-type': 'application/json' }).end(reply.body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
beforeEach(() => {
  seen = [];
});
afterAll(() => new Promise((resolve) => server.close(resolve)));

const account: CarrierAccount = {
  tenantId: 't',
  id: 'a',
  carrier: 'telnyx',
  accountRef: 'r',
  authTokens: ['KEY0123'],
  webhookKeys: [],
};
const request = {
  from: '+18445550001',
  to: '+13125550001',
  body: 'Hello',
  mediaUrls: [],
  statusCallback: 'https://desk.test/x?mid=1',
};
const send = () => telnyxMessaging(url).send(account, request);
const message = (more: Record<string, unknown> = {}) => ({
  record_type: 'message',
  direction: 'outbound',
  id: '40385f64-5717-4562-b3fc-2c963f66afa6',
  from: { phone_number: '+18445550001' },
  to: [{ phone_number: '+13125550001', status: 'queued' }],
  text: 'Hello',
  received_at: '2026-01-02T03:04:05.000+00:00',
  errors: [],
  ...more,
});
const answer = (status: number, body: unknown) => {
  reply = { status, body: typeof body === 'string' ? body : JSON.stringify(body) };
};

test('a text is handed over once, with the address for reports that carries our id', async () => {
  answer(200, { data: message() });
  expect(await send()).toEqual({
    kind: 'taken',
    carrierMessageId: '40385f64-5717-4562-b3fc-2c963f66afa6',
    status: 'queued',
  });
  expect(seen).toEqual([
    {
      method: 'POST',
      url: '/v2/messages',
      authorization: 'Bearer KEY0123',
      body: { from: '+18445550001', to: '+13125550001', text: 'Hello', webhook_url: 'https://desk.test/x?mid=1' },
    },
  ]);
});

test.each([
  [500, '{}'],
  [503, 'busy'],
  [408, '{}'],
  [200, '{"data":{}}'],
  [200, 'not JSON'],
])('an answer of %i %s leaves the outcome open, and is not asked for twice', async (status, body) => {
  answer(status, body);
  expect((await send()).kind).toBe('unknown');
  expect(seen).toHaveLength(1);
});

test('a connection that is cut leaves the outcome open; one that was never made is a definite never', async () => {
  reply = 'cut';
  expect((await send()).kind).toBe('unknown');
  expect(seen).toHaveLength(1);
  const nobody = createServer();
  await new Promise<void>((resolve) => nobody.listen(0, '127.0.0.1', resolve));
  const { port } = nobody.address() as AddressInfo;
  await new Promise((resolve) => nobody.close(resolve));
  expect(await telnyxMessaging(`http://127.0.0.1:${port}`).send(account, request)).toMatchObject({
    kind: 'failed',
    retry: true,
    error: { code: 'unreachable' },
  });
});

test.each([
  [400, '40300', 'Blocked due to STOP message', 'OPT_OUT', false],
  [403, '40300', 'Blocked due to STOP message', 'OPT_OUT', false],
  [422, '40310', 'Invalid to', 'PERMANENT_RECIPIENT', false],
  [401, '10009', 'Authentication failed', 'SENDER_CONFIG', false],
  [400, '40318', 'Queue full', 'TRANSIENT', true],
  [429, '10011', 'Too many requests', 'TRANSIENT', true],
] as const)(
  'a refusal %i %s is definite, and tried again only when it passes',
  async (status, code, title, kind, retry) => {
    answer(status, { errors: [{ code, title, detail: 'x' }] });
    expect(await send()).toMatchObject({ kind: 'failed', error: { code, class: kind }, retry });
    expect(seen).toHaveLength(1);
  },
);

test('a refusal without words is a refusal', async () => {
  answer(429, '');
  expect(await send()).toMatchObject({ kind: 'failed', error: { code: '10011' }, retry: true });
  answer(400, '[]');
  expect(await send()).toMatchObject({ kind: 'failed', error: { code: 'unknown' }, retry: false });
});

test('what became of a text can be asked by its id', async () => {
  answer(200, {
    data: message({
      to: [{ phone_number: '+13125550001', status: 'delivery_failed' }],
      errors: [{ code: '40003', title: 'Blocked as spam - permanent' }],
    }),
  });
  const told = await telnyxMessaging(url).fetch(account, 'x');
  expect(told).toMatchObject({ status: 'failed', to: '+13125550001', error: { code: '40003', class: 'CONTENT' } });
  expect(seen[0]?.url).toBe('/v2/messages/x');
  answer(404, { errors: [{ code: '10005', title: 'Resource not found' }] });
  expect(await telnyxMessaging(url).fetch(account, 'x')).toBeNull();
});

test.each([
  ['queued', 'queued'],
  ['sending', 'queued'],
  ['sent', 'sent'],
  ['delivery_unconfirmed', 'sent'],
  ['delivered', 'delivered'],
  ['delivery_failed', 'failed'],
  ['sending_failed', 'failed'],
  ['expired', 'failed'],
  ['cancelled', 'canceled'],
  ['webhook_delivered', 'received'],
])('Telnyx’s %s is our %s', (theirs, ours) => {
  expect(statusFromTelnyx(theirs)).toBe(ours);
});

test('a status that Telnyx adds is none of ours, whatever it is called', () => {
  expect(statusFromTelnyx('constructor')).toBeNull();
  fc.assert(
    fc.property(fc.string(), (status) => {
      const ours = statusFromTelnyx(status);
      expect(ours === null || MESSAGE_STATUSES.includes(ours)).toBe(true);
    }),
  );
});
