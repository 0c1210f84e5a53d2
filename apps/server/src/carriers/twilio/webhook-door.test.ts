import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { getExpectedTwilioSignature } from 'twilio/lib/webhooks/webhooks.js';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { addTwilioNumbers } from '../../numbers/index.ts';
import { createSealer } from '../../platform/secrets/seal.ts';
import { createTestServer, TEST_ORIGIN, type TestServer, type TestTenant } from '../../test-server.ts';
import { createNumberDirectory, credentialContext } from '../index.ts';

interface Account {
  accountSid: string;
  authToken: string;
  number: string;
}

const sealer = createSealer(randomBytes(32));

let server: TestServer;
let ours: Account;
let theirs: Account;
beforeAll(async () => {
  server = await createTestServer();
  server.core.directory = createNumberDirectory(server.db, sealer);
  const connect = async (tenant: TestTenant, number: string): Promise<Account> => {
    const account = { accountSid: `AC${randomBytes(16).toString('hex')}`, authToken: randomBytes(16).toString('hex') };
    await server.db.withTenant(tenant.id, (tx) =>
      addTwilioNumbers(tx, sealer, {
        id: crypto.randomUUID(),
        ...account,
        numbers: [{ id: crypto.randomUUID(), e164: number, name: 'Line' }],
      }),
    );
    return { ...account, number };
  };
  // The numbers the test server brings are sealed with a key of its own.
  const [a, b] = [await server.addTenant(), await server.addTenant('Another company')];
  await server.db.peek('delete from numbers');
  ours = await connect(a, '+17205550901');
  theirs = await connect(b, '+17205550902');
});
afterAll(() => server.close());

const PATH = '/webhooks/twilio/messages';
let sids = 0;
const form = (account: Account, more: Record<string, string> = {}) => ({
  AccountSid: account.accountSid,
  MessageSid: `SM${String(sids++).padStart(32, '0')}`,
  From: '+13035550142',
  To: account.number,
  Body: 'hello',
  NewTwilioParameter: 'that nobody told us of',
  ...more,
});
const post = (params: Record<string, string>, signedWith: string, url = PATH, path = url) =>
  server.app.inject({
    method: 'POST',
    url,
    headers: {
      'content-type': 'application/x-www-form-urlencoded',
      'x-twilio-signature': getExpectedTwilioSignature(signedWith, TEST_ORIGIN + path, params),
    },
    payload: new URLSearchParams(params).toString(),
  });
const stored = async () => Number((await server.db.peek<{ n: string }>('select count(*) as n from messages'))[0]?.n);

test('a text signed by the number’s account is taken, and answered with empty TwiML, never with text', async () => {
  const answer = await post(form(ours), ours.authToken);
  expect(answer.statusCode).toBe(200);
  expect(answer.headers['content-type']).toMatch(/^text\/xml/);
  expect(answer.body).toMatch(/<Response\/>$/);
});

test('a tenant that signs correctly with its own token for another tenant’s number is refused', async () => {
  const before = await stored();
  const asThemselves = await post({ ...form(theirs), To: ours.number }, theirs.authToken);
  expect([asThemselves.statusCode, asThemselves.json().error.code]).toEqual([403, 'bad_signature']);
  const claimingUs = await post(form(ours), theirs.authToken);
  expect(claimingUs.statusCode).toBe(403);
  expect(await stored()).toBe(before);
});

test('a known account with a number that nobody has gets 404, an unknown account 403', async () => {
  const before = await stored();
  const unknownNumber = await post({ ...form(ours), To: '+17205559999' }, ours.authToken);
  expect([unknownNumber.statusCode, unknownNumber.json().error.code]).toEqual([404, 'unknown_number']);
  const stranger = { accountSid: `AC${'0'.repeat(32)}`, authToken: 'x', number: '+17205559999' };
  expect((await post(form(stranger), 'x')).statusCode).toBe(403);
  expect(await stored()).toBe(before);
});

test('a number or an account that no database could compare is refused like any other', async () => {
  const odds: Record<string, string>[] = [{ To: '+1720\u00005550901' }, { AccountSid: 'AC\u0000', To: '+17205559999' }];
  for (const odd of odds) {
    expect((await post(form(ours, odd), 'x')).statusCode).toBe(403);
  }
  const oddId = { MessageSid: 'SM\u0000odd' };
  expect((await post(form(ours, oddId), ours.authToken)).statusCode).toBe(200);
  const report = { ...form(ours, oddId), From: ours.number, MessageStatus: 'sent' };
  expect((await post(report, ours.authToken, `${PATH}/status`)).statusCode).toBe(204);
});

test('a text that comes again under a new retry token is one text; two texts under one token are two', async () => {
  const again = (token: string, sid: string) => {
    const params = { ...form(ours), MessageSid: sid };
    return server.app.inject({
      method: 'POST',
      url: PATH,
      headers: {
        'content-type': 'application/x-www-form-urlencoded',
        'i-twilio-idempotency-token': token,
        'x-twilio-signature': getExpectedTwilioSignature(ours.authToken, TEST_ORIGIN + PATH, params),
      },
      payload: new URLSearchParams(params).toString(),
    });
  };
  const before = await stored();
  for (const [token, sid] of [
    ['a', 'SMretried'],
    ['a', 'SMretried'],
    ['b', 'SMretried'],
    ['a', 'SMother'],
  ] as const) {
    expect((await again(token, sid)).statusCode).toBe(200);
  }
  expect(await stored()).toBe(before + 2);
  const marks = await server.db.peek(
    "select r.delivery_mark from inbound_raw r join messages m on m.id = r.message_id where m.carrier_message_id = 'SMretried'",
  );
  expect(marks).toEqual([{ delivery_mark: 'a' }]);
});

test('a signature over another address does not fit this one', async () => {
  expect((await post(form(ours), ours.authToken, PATH, '/webhooks/other')).statusCode).toBe(403);
  expect((await post(form(ours), ours.authToken, `${PATH}?a=1`, PATH)).statusCode).toBe(403);
  expect((await post(form(ours), ours.authToken, `${PATH}?a=1`, `${PATH}?a=1`)).statusCode).toBe(200);
});

test('while a token is being rotated the one before it is still good, and no other', async () => {
  const before = ours.authToken;
  const next = randomBytes(16).toString('hex');
  const [row] = await server.db.peek<{ tenant_id: string; id: string }>(
    'select tenant_id, id from carrier_accounts where account_ref = $1',
    [ours.accountSid],
  );
  const context = credentialContext(row?.tenant_id ?? '', row?.id ?? '');
  await server.db.peek(
    'update carrier_accounts set previous_auth_token_sealed = auth_token_sealed, auth_token_sealed = $2 where id = $1',
    [row?.id, sealer.seal(next, context)],
  );
  for (const token of [next, before]) expect((await post(form(ours), token)).statusCode).toBe(200);
  expect((await post(form(ours), randomBytes(16).toString('hex'))).statusCode).toBe(403);
  ours.authToken = next;
});

test('a report on somebody else’s message from our number is taken and changes nothing', async () => {
  const params = { ...form(ours), From: ours.number, To: '+13035550142', MessageStatus: 'delivered' };
  const answer = await post(params, ours.authToken, `${PATH}/status`);
  expect([answer.statusCode, answer.body]).toEqual([204, '']);
});

test('nothing in a signed text loses it, whatever it holds', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.record({ Body: fc.string({ unit: 'binary' }), From: fc.string({ unit: 'grapheme' }), FromCity: fc.string() }),
      async (odd) => {
        const params = form(ours, Object.fromEntries(Object.entries(odd).map(([k, v]) => [k, v.toWellFormed()])));
        const answer = await post(params, ours.authToken);
        expect(answer.statusCode).toBe(200);
        const rows = await server.db.peek('select 1 from messages where carrier_message_id = $1', [params.MessageSid]);
        expect(rows).toHaveLength(1);
      },
    ),
    { numRuns: 100 },
  );
});

test('a thousand malformed requests are refused below 500 and store nothing', async () => {
  const before = await stored();
  await fc.assert(
    fc.asyncProperty(
      fc.oneof(
        fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes)),
        fc.string({ unit: 'binary' }),
      ),
      fc.option(fc.base64String(), { nil: undefined }),
      fc.constantFrom('application/x-www-form-urlencoded', 'application/json', 'text/plain', 'x', ''),
      async (payload, signature, type) => {
        const answer = await server.app.inject({
          method: 'POST',
          url: PATH,
          headers: {
            ...(type === '' ? {} : { 'content-type': type }),
            ...(signature === undefined ? {} : { 'x-twilio-signature': signature }),
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
