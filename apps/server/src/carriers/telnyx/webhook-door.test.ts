import { generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { TelnyxWebhook } from 'telnyx/lib/webhooks.js';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createSealer } from '../../platform/secrets/seal.ts';
import { createTestServer, type TestServer, type TestTenant } from '../../test-server.ts';
import { createNumberDirectory, credentialContext } from '../index.ts';
import { readSignature, signedByTelnyx } from './verify.ts';

interface Account {
  id: string;
  tenantId: string;
  privateKey: KeyObject;
  publicKey: string;
  number: string;
}

const PATH = '/webhooks/telnyx/messages';
const sealer = createSealer(randomBytes(32));

let server: TestServer;
let ours: Account;
let theirs: Account;
let twilioNumber: string;
beforeAll(async () => {
  server = await createTestServer();
  server.core.directory = createNumberDirectory(server.db, sealer);
  const [a, b] = [await server.addTenant(), await server.addTenant('Another company')];
  await server.db.peek('delete from numbers where e164 = $1', [b.number]);
  twilioNumber = a.number;
  const context = await server.db.peek<{ tenant_id: string; id: string }>('select tenant_id, id from carrier_accounts');
  for (const { tenant_id, id } of context) {
    // Made by the test server with a key of its own.
    await server.db.peek('update carrier_accounts set auth_token_sealed = $2 where id = $1', [
      id,
      sealer.seal('a token', credentialContext(tenant_id, id)),
    ]);
  }
  ours = await connect(a, '+17205550911');
  theirs = await connect(b, '+17205550912');
});
afterAll(() => server.close());

function newKeys() {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  return { privateKey, publicKey: publicKey.export({ format: 'der', type: 'spki' }).subarray(-32).toString('base64') };
}

async function connect(tenant: TestTenant, number: string): Promise<Account> {
  const id = crypto.randomUUID();
  const keys = newKeys();
  await server.db.peek(
    `insert into carrier_accounts (tenant_id, id, carrier, account_ref, auth_token_sealed, webhook_public_key)
     values ($1, $2, 'telnyx', $3, $4, $5)`,
    [tenant.id, id, `account ${number}`, sealer.seal('KEY', credentialContext(tenant.id, id)), keys.publicKey],
  );
  await server.db.peek(
    "insert into numbers (tenant_id, id, e164, carrier_account_id, name) values ($1, gen_random_uuid(), $2, $3, 'Line')",
    [tenant.id, number, id],
  );
  return { id, tenantId: tenant.id, number, ...keys };
}

interface Shape {
  type?: string;
  id?: string;
  eventId?: string;
  from?: unknown;
  to?: unknown;
  status?: string;
  more?: Record<string, unknown>;
}

function text(account: Account, shape: Shape = {}): string {
  return JSON.stringify({
    data: {
      record_type: 'event',
      id: shape.eventId ?? crypto.randomUUID(),
      event_type: shape.type ?? 'message.received',
      occurred_at: new Date().toISOString(),
      payload: {
        record_type: 'message',
        direction: (shape.type ?? 'message.received') === 'message.received' ? 'inbound' : 'outbound',
        id: shape.id ?? crypto.randomUUID(),
        type: 'SMS',
        from: shape.from ?? { phone_number: '+13035550142', carrier: 'T-MOBILE USA, INC.', line_type: 'Wireless' },
        to: shape.to ?? [{ phone_number: account.number, status: shape.status ?? 'webhook_delivered' }],
        cc: [],
        text: 'hello',
        media: [],
        errors: [],
        parameter_nobody_told_us_of: { kept: true },
        ...shape.more,
      },
    },
    meta: { attempt: 1, delivered_to: 'https://desk.test/' },
  });
}

const now = () => Math.floor(Date.now() / 1000);
const headersFor = (body: string | Buffer, key: KeyObject, timestamp: number | string = now()) => ({
  'content-type': 'application/json',
  'telnyx-timestamp': String(timestamp),
  'telnyx-signature-ed25519': sign(
    null,
    Buffer.concat([Buffer.from(`${timestamp}|`), Buffer.from(body)]),
    key,
  ).toString('base64'),
});
const post = (body: string | Buffer, headers: Record<string, string>, url = PATH) =>
  server.app.inject({ method: 'POST', url, headers, payload: body });
const postSigned = (body: string, account: Account, url = PATH) =>
  post(body, headersFor(body, account.privateKey), url);
const stored = async () => Number((await server.db.peek<{ n: string }>('select count(*) as n from messages'))[0]?.n);

test('a text signed by the number’s account is taken, once, with every byte of it kept', async () => {
  const body = text(ours, { id: 'first-text' });
  for (const again of [body, body, text(ours, { id: 'first-text' })]) {
    const answer = await postSigned(again, ours);
    expect([answer.statusCode, answer.body]).toEqual([200, '']);
  }
  const rows = await server.db.peek<{ body: Buffer; delivery_mark: string }>(
    `select r.body, r.delivery_mark from inbound_raw r join messages m on m.id = r.message_id
     where m.carrier_message_id = 'first-text'`,
  );
  expect(rows).toHaveLength(1);
  expect(rows[0]?.body.toString()).toBe(body);
  expect(rows[0]?.delivery_mark).toBe(JSON.parse(body).data.id);
});

test('two texts under one event id are two texts: a mark that is used again loses nothing', async () => {
  const before = await stored();
  for (const id of ['marked-a', 'marked-b']) await postSigned(text(ours, { id, eventId: 'one-mark' }), ours);
  expect(await stored()).toBe(before + 2);
});

test('a tenant that signs correctly with its own key for another tenant’s number is refused', async () => {
  const before = await stored();
  const answer = await postSigned(text(ours), theirs);
  expect([answer.statusCode, answer.json().error.code]).toEqual([403, 'bad_signature']);
  const report = text(ours, { type: 'message.finalized', from: { phone_number: ours.number }, to: [] });
  expect((await postSigned(report, theirs)).statusCode).toBe(403);
  const twilios = text(ours, { to: [{ phone_number: twilioNumber, status: 'webhook_delivered' }] });
  expect((await postSigned(twilios, ours)).statusCode).toBe(403);
  expect(await stored()).toBe(before);
});

test('a known account with a number that nobody has gets 404, an unknown account 403', async () => {
  const before = await stored();
  const nobodys = text(ours, { to: [{ phone_number: '+17205559999', status: 'webhook_delivered' }] });
  const answer = await postSigned(nobodys, ours);
  expect([answer.statusCode, answer.json().error.code]).toEqual([404, 'unknown_number']);
  expect((await post(nobodys, headersFor(nobodys, newKeys().privateKey))).statusCode).toBe(403);
  expect(await stored()).toBe(before);
});

test('a text to a group is taken for the one recipient that is ours, with the key of that number', async () => {
  const to = ['+13035550143', ours.number, theirs.number].map((phone_number) => ({ phone_number, status: 'queued' }));
  expect((await postSigned(text(ours, { id: 'group', to }), theirs)).statusCode).toBe(200);
  const rows = await server.db.peek<{ tenant_id: string }>(
    "select tenant_id from messages where carrier_message_id = 'group'",
  );
  expect(rows).toEqual([{ tenant_id: theirs.tenantId }]);
});

test('a signature is good for five minutes either way, and not over other bytes', async () => {
  const body = text(ours);
  for (const [age, status] of [
    [-295, 200],
    [295, 200],
    [-310, 403],
    [310, 403],
  ] as const) {
    const answer = await post(body, headersFor(body, ours.privateKey, now() + age));
    expect([age, answer.statusCode]).toEqual([age, status]);
  }
  const headers = headersFor(body, ours.privateKey);
  expect((await post(`${body} `, headers)).statusCode).toBe(403);
  expect((await post(body, { ...headers, 'telnyx-timestamp': String(now() + 1) })).statusCode).toBe(403);
  expect((await post(body, { ...headers, 'telnyx-signature-ed25519': '' })).statusCode).toBe(403);
});

test('while a key is being replaced the one before it is still good, and no other', async () => {
  const next = newKeys();
  await server.db.peek(
    'update carrier_accounts set previous_webhook_public_key = webhook_public_key, webhook_public_key = $2 where id = $1',
    [ours.id, next.publicKey],
  );
  const body = text(ours);
  for (const key of [next.privateKey, ours.privateKey]) {
    expect((await post(body, headersFor(body, key))).statusCode).toBe(200);
  }
  expect((await post(body, headersFor(body, newKeys().privateKey))).statusCode).toBe(403);
});

test('a keyword of the carrier’s own opt-out handling is heard, whatever the text says', async () => {
  const from = { phone_number: '+13035550188' };
  await postSigned(text(ours, { from, more: { text: 'no gracias', autoresponse_type: 'STOP' } }), ours);
  const flags = await server.db.peek("select 1 from dnc_flags where address = '+13035550188' and is_set");
  expect(flags).toHaveLength(1);
});

test('what is not JSON, or JSON of nothing, is refused below 500, signed or not', async () => {
  const before = await stored();
  for (const body of ['', 'x', '{', 'null', '[]', '{"data":null}', '{"data":{"payload":5}}', '\u0000', '"\\ud800"']) {
    expect((await post(body, headersFor(body, newKeys().privateKey))).statusCode).toBe(403);
    expect((await postSigned(body, ours)).statusCode).toBe(404);
  }
  expect(await stored()).toBe(before);
});

test('nothing in a signed text loses it, whatever it holds', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.record({ text: fc.string({ unit: 'binary' }), subject: fc.anything(), errors: fc.jsonValue() }),
      fc.oneof(fc.string({ unit: 'grapheme' }), fc.constant({ phone_number: '+13035550177' }), fc.jsonValue()),
      async (more, from) => {
        const id = crypto.randomUUID();
        const answer = await postSigned(text(ours, { id, from, more }), ours);
        expect(answer.statusCode).toBe(200);
        expect(await server.db.peek('select 1 from messages where carrier_message_id = $1', [id])).toHaveLength(1);
      },
    ),
    { numRuns: 100 },
  );
});

test('a thousand malformed requests are refused below 500 and store nothing', async () => {
  const before = await stored();
  const sample = text(ours);
  await fc.assert(
    fc.asyncProperty(
      fc.oneof(
        fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes)),
        fc.json(),
        fc.tuple(fc.nat(sample.length - 1), fc.string({ maxLength: 5 })).map(([at, put]) => {
          const changed = sample.slice(0, at) + put + sample.slice(at + 1);
          return changed === sample ? `${changed}.` : changed;
        }),
      ),
      fc.option(
        fc.oneof(fc.base64String(), fc.constant(headersFor(sample, ours.privateKey)['telnyx-signature-ed25519'])),
        {
          nil: undefined,
        },
      ),
      fc.oneof(fc.constant(String(now())), fc.string()),
      fc.constantFrom('application/json', 'application/x-www-form-urlencoded', 'text/plain', 'x', ''),
      async (payload, signature, timestamp, type) => {
        const answer = await server.app.inject({
          method: 'POST',
          url: PATH,
          headers: {
            ...(type === '' ? {} : { 'content-type': type }),
            ...(signature === undefined ? {} : { 'telnyx-signature-ed25519': signature }),
            'telnyx-timestamp': timestamp,
          },
          payload,
        });
        expect(answer.statusCode).toBeGreaterThanOrEqual(400);
        expect(answer.statusCode).toBeLessThan(500);
      },
    ),
    { numRuns: 1000 },
  );
  expect(await stored()).toBe(before);
});

test('our verification and the official client’s agree on every request', async () => {
  const keys = newKeys();
  const official = new TelnyxWebhook(keys.publicKey);
  await fc.assert(
    fc.asyncProperty(
      fc.string({ unit: 'binary' }).map((body) => body.toWellFormed()),
      fc.integer({ min: -310, max: 310 }).filter((age) => Math.abs(Math.abs(age) - 300) > 2),
      fc.boolean(),
      fc.constantFrom('none', 'body', 'timestamp', 'signature'),
      async (body, age, padded, spoiled) => {
        const headers = headersFor(body, keys.privateKey, now() + age);
        if (spoiled === 'timestamp') headers['telnyx-timestamp'] += '0';
        if (spoiled === 'signature')
          headers['telnyx-signature-ed25519'] = headers['telnyx-signature-ed25519'].slice(padded ? 2 : 4);
        const sent = spoiled === 'body' ? `${body}!` : body;
        const theirWord = await official.verify(sent, headers).then(
          () => true,
          () => false,
        );
        const found = readSignature(headers);
        expect(found !== null && signedByTelnyx([keys.publicKey], found, Buffer.from(sent))).toBe(theirWord);
      },
    ),
  );
});

const vectors = path.resolve(import.meta.dirname, '../../../../../../shared/vectors');
test.runIf(existsSync(vectors))('the sample callbacks come through the door as what they are', async () => {
  const sample = (name: string) =>
    readFileSync(path.join(vectors, `telnyx_message_${name}.json`), 'utf8').replaceAll('+18445550001', ours.number);
  const [owned] = await server.db.peek<{ key: string }>(
    'select webhook_public_key as key from carrier_accounts where id = $1',
    [ours.id],
  );
  expect(owned?.key).toHaveLength(44);
  for (const name of ['received', 'sent', 'finalized_delivered', 'finalized_failed']) {
    expect([name, (await postSigned(sample(name), ours)).statusCode]).toEqual([name, 200]);
    expect([name, (await postSigned(sample(name), theirs)).statusCode]).toEqual([name, 403]);
  }
  const rows = await server.db.peek<{ body: string }>('select body from messages where carrier_message_id = $1', [
    '7ee4241c-f127-47e5-9c34-3aac291f8058',
  ]);
  expect(rows).toEqual([{ body: 'Héllo' }]);
});
if (!existsSync(vectors)) console.log('The sample callbacks are not there; their test was left out.');
