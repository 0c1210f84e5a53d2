import { createPrivateKey, sign } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { TELNYX_PATH } from '../carriers/index.ts';
import type { TestTenant } from '../test-server.ts';
import { createNumbersRig, type NumbersRig, newPair, newTelnyxAccount, type TelnyxAccount } from './test-rig.ts';

let rig: NumbersRig;
let tenant: TestTenant;
let owner: string;
beforeAll(async () => {
  rig = await createNumbersRig();
  tenant = await rig.server.addTenant();
  owner = await rig.server.cookieOf(tenant.users.owner.email);
});
afterAll(() => rig.close());

const code = (answer: { body: { error: { code: string } } }) => answer.body.error.code;
const connect = ({ apiKey, pair }: TelnyxAccount, publicKey = pair.publicKey) =>
  rig.ask(owner, 'POST', '/carrier-accounts', { carrier: 'telnyx', apiKey, publicKey });
const add = (id: string, e164: string) =>
  rig.ask(owner, 'POST', `/carrier-accounts/${id}/numbers`, { e164, name: 'Telnyx line' });
const outcome = (answer: { body: { steps: Array<{ step: string; ok: boolean }> } }) =>
  answer.body.steps.map(({ step, ok }) => [step, ok]);
const ARRIVES = [
  ['address_at_carrier', true],
  ['signature_checked', true],
  ['arrives', true],
];
const WAITS = [
  ['address_at_carrier', true],
  ['signature_checked', true],
  ['arrives', false],
];
const check = (id: string) => rig.ask(owner, 'POST', `/numbers/${id}/check`);
const accountOf = async (id: string) =>
  (await rig.ask(owner, 'GET', '/carrier-accounts')).body.items.find((one: { id: string }) => one.id === id);

/** An account at Telnyx, connected. */
async function connected(numbers: string[], more?: object) {
  const account = newTelnyxAccount();
  await rig.putTelnyx(account, numbers, more);
  const { body } = await connect(account);
  return { ...account, id: body.id as string };
}

async function atTelnyx(account: TelnyxAccount, path: string, method = 'GET', body?: object) {
  const answer = await fetch(`${rig.emulator.url}/v2${path}`, {
    method,
    headers: { authorization: `Bearer ${account.apiKey}`, 'content-type': 'application/json' },
    ...(body && { body: JSON.stringify(body) }),
  });
  return (await answer.json()).data;
}

const text = async (to: string, body: string) => {
  const answer = await fetch(`${rig.emulator.url}/emulator/api/handsets/%2B13035550151/messages`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ to, body }),
  });
  expect(answer.status).toBe(201);
};
const stored = (body: string) => rig.server.db.peek('select 1 from messages where body = $1', [body]);
const arrives = (body: string) => expect.poll(() => stored(body), { timeout: 10_000 }).toHaveLength(1);

/** What the door answers to a text that `pair` signed. */
async function knock(pair: TelnyxAccount['pair'], e164: string, from = '+13035550152'): Promise<number> {
  const raw = JSON.stringify({
    data: {
      record_type: 'event',
      id: crypto.randomUUID(),
      event_type: 'message.received',
      payload: {
        id: crypto.randomUUID(),
        direction: 'inbound',
        from: { phone_number: from },
        to: [{ phone_number: e164, status: 'webhook_delivered' }],
        text: 'Knock knock',
      },
    },
  });
  const timestamp = String(Math.floor(Date.now() / 1000));
  const der = Buffer.concat([
    Buffer.from('302e020100300506032b657004220420', 'hex'),
    Buffer.from(pair.privateKey, 'base64'),
  ]);
  const signature = sign(
    null,
    Buffer.from(`${timestamp}|${raw}`),
    createPrivateKey({ key: der, format: 'der', type: 'pkcs8' }),
  );
  const answer = await rig.server.app.inject({
    method: 'POST',
    url: TELNYX_PATH,
    headers: {
      'content-type': 'application/json',
      'telnyx-timestamp': timestamp,
      'telnyx-signature-ed25519': signature.toString('base64'),
    },
    payload: raw,
  });
  return answer.statusCode;
}

test('a number of Telnyx’s receives texts once it is connected, and the first of them shows that its webhooks arrive', async () => {
  const account = await connected(['+17205550401', '+17205550402']);
  const offered = await rig.ask(owner, 'POST', `/carrier-accounts/${account.id}/numbers/available`);
  expect(offered.body.items).toMatchObject([
    { e164: '+17205550401', state: 'free', capabilities: { sms: true, mms: true } },
    { e164: '+17205550402', state: 'free' },
  ]);
  const answer = await add(account.id, '+17205550401');
  expect([answer.status, ...outcome(answer)]).toEqual([201, ...WAITS]);
  expect(answer.body.steps.at(-1).words).toMatch(/Text this number from a phone/);
  expect(outcome(await check(answer.body.id))).toEqual(WAITS);

  await text('+17205550401', 'To the Telnyx line');
  await arrives('To the Telnyx line');
  expect(outcome(await check(answer.body.id))).toEqual(ARRIVES);
  expect(await accountOf(account.id)).toMatchObject({
    carrier: 'telnyx',
    name: null,
    rotating: false,
    numbers: [{ e164: '+17205550401', webhook: { problem: null } }],
  });
  // What was seen once is not asked for again.
  expect(outcome(await check(answer.body.id))).toEqual(ARRIVES);
});

test('a wrong API key, a public key that is none and an empty account are refused in words, and nothing is stored', async () => {
  const account = newTelnyxAccount();
  await rig.putTelnyx(account, ['+17205550405']);
  const before = (await rig.ask(owner, 'GET', '/carrier-accounts')).body;
  const wrong = await connect({ ...account, apiKey: 'KEY_of_nobody_at_all' });
  expect([wrong.status, code(wrong)]).toEqual([422, 'carrier_credentials_wrong']);
  expect(wrong.body.error.message).toMatch(/API key/);
  const none = await connect(account, 'not a key');
  expect(code(none)).toBe('invalid_input');
  expect(none.body.error.details[0]).toMatchObject({
    path: 'publicKey',
    message: expect.stringMatching(/44 characters/),
  });
  expect((await rig.ask(owner, 'GET', '/carrier-accounts')).body).toEqual(before);
  expect((await connect(account)).status).toBe(201);
  expect(code(await connect(account))).toBe('carrier_account_exists');
});

test('with a public key of another account the number goes on asking for a text, until the key is mended', async () => {
  const account = newTelnyxAccount();
  await rig.putTelnyx(account, ['+17205550411']);
  const { id } = (await connect(account, newPair().publicKey)).body;
  const number = (await add(id, '+17205550411')).body.id;
  expect(await knock(account.pair, '+17205550411')).toBe(403);
  const checked = await check(number);
  expect(outcome(checked)).toEqual(WAITS);
  expect((await accountOf(id)).numbers[0].webhook.problem).toMatch(/public key/);

  const mended = await rig.ask(owner, 'POST', `/carrier-accounts/${id}/rotate`, {
    authToken: account.apiKey,
    publicKey: account.pair.publicKey,
  });
  expect(mended.status).toBe(204);
  expect((await accountOf(id)).rotating).toBe(true);
  expect((await rig.ask(owner, 'POST', `/carrier-accounts/${id}/rotate/finish`)).status).toBe(204);
  await text('+17205550411', 'With the right key');
  await arrives('With the right key');
  expect(outcome(await check(number))).toEqual(ARRIVES);
  expect((await accountOf(id)).numbers[0].webhook.problem).toBeNull();
});

test('the texts of numbers that were not picked go where they went, also after the picked one is disconnected', async () => {
  const elsewhere = { messagingProfile: { name: 'Another app', webhookUrl: 'https://another.example/hooks' } };
  const account = await connected(['+17205550421', '+17205550422'], elsewhere);
  const answer = await add(account.id, '+17205550421');
  expect(outcome(answer)).toEqual(WAITS);
  const webhookOf = async (e164: string) => {
    const numbers = await atTelnyx(account, '/phone_numbers/messaging');
    const { messaging_profile_id: profile } = numbers.find(
      (one: { phone_number: string }) => one.phone_number === e164,
    );
    return profile === null ? null : (await atTelnyx(account, `/messaging_profiles/${profile}`)).webhook_url;
  };
  expect(await webhookOf('+17205550421')).toBe(rig.publicUrl + TELNYX_PATH);
  expect(await webhookOf('+17205550422')).toBe('https://another.example/hooks');

  // The second joins the first; when the first leaves, the second's texts still come.
  expect(outcome(await add(account.id, '+17205550422'))).toEqual(WAITS);
  expect((await rig.ask(owner, 'DELETE', `/numbers/${answer.body.id}`)).body).toEqual({ webhookCleared: true });
  await text('+17205550422', 'Still arriving');
  await arrives('Still arriving');
  await text('+17205550421', 'To nobody');
  expect(await webhookOf('+17205550421')).not.toBe(rig.publicUrl + TELNYX_PATH);
});

test('a profile with webhooks in another version is said to lead nowhere, and set to the one we read', async () => {
  const account = await connected(['+17205550425']);
  const { id } = (await add(account.id, '+17205550425')).body;
  const [profile] = await atTelnyx(account, '/messaging_profiles');
  await atTelnyx(account, `/messaging_profiles/${profile.id}`, 'PATCH', { webhook_api_version: '1' });
  expect(outcome(await check(id))).toEqual([['address_at_carrier', false]]);
  expect(outcome(await add(account.id, '+17205550425'))).toEqual(WAITS);
});

test('an API key is replaced at once, one of another account is refused, and two public keys are good for a while', async () => {
  const account = await connected(['+17205550431']);
  await add(account.id, '+17205550431');
  const rotate = (body: object) => rig.ask(owner, 'POST', `/carrier-accounts/${account.id}/rotate`, body);
  const stranger = newTelnyxAccount();
  await rig.putTelnyx(stranger, ['+17205550432']);
  const foreign = await rotate({ authToken: stranger.apiKey });
  expect(code(foreign)).toBe('carrier_credentials_wrong');
  expect(foreign.body.error.message).toMatch(/another account/);
  expect(code(await rotate({ authToken: account.apiKey }))).toBe('invalid_input');

  const apiKey = `KEY${'a1'.repeat(16)}`;
  await rig.putTelnyx({ ...account, apiKey }, ['+17205550431']);
  expect((await rotate({ authToken: apiKey })).status).toBe(204);
  expect((await accountOf(account.id)).rotating).toBe(false);
  expect(outcome(await add(account.id, '+17205550431'))).toEqual(WAITS);

  const pair = newPair();
  expect((await rotate({ authToken: apiKey, publicKey: pair.publicKey })).status).toBe(204);
  expect(code(await rotate({ authToken: apiKey, publicKey: newPair().publicKey }))).toBe('rotation_running');
  const { directory } = rig.server.core;
  const refresh = () => directory.find('+17205550431', { fresh: true });
  await refresh();
  expect([await knock(account.pair, '+17205550431'), await knock(pair, '+17205550431')]).toEqual([200, 200]);
  await rig.ask(owner, 'POST', `/carrier-accounts/${account.id}/rotate/finish`);
  await refresh();
  expect([await knock(account.pair, '+17205550431'), await knock(pair, '+17205550431')]).toEqual([403, 200]);
});

test('after an account is disconnected its key opens the door no more, and it can be connected again', async () => {
  const account = await connected(['+17205550441']);
  await add(account.id, '+17205550441');
  expect(await knock(account.pair, '+17205550441')).toBe(200);
  expect((await rig.ask(owner, 'DELETE', `/carrier-accounts/${account.id}`)).status).toBe(204);
  await rig.server.core.directory.find('+17205550441', { fresh: true });
  expect(await knock(account.pair, '+17205550441')).toBe(403);
  expect((await connect(account)).body.id).toBe(account.id);
  // The texts of before show nothing of now.
  const again = await add(account.id, '+17205550441');
  expect(outcome(again)).toEqual(WAITS);
  await text('+17205550441', 'After coming back');
  await arrives('After coming back');
  expect(outcome(await check(again.body.id))).toEqual(ARRIVES);
});

test('a public key is not asked of Twilio', async () => {
  const twilio = await rig.addAccount([]);
  const { body } = await rig.ask(owner, 'POST', '/carrier-accounts', { carrier: 'twilio', ...twilio });
  const rotated = await rig.ask(owner, 'POST', `/carrier-accounts/${body.id}/rotate`, {
    authToken: 'f'.repeat(32),
    publicKey: newPair().publicKey,
  });
  expect(rotated.body.error.details).toEqual([{ path: 'publicKey', message: 'is only Telnyx’s' }]);
});

test('no API key is in an answer, the ledger or the log', async () => {
  const account = await connected(['+17205550461']);
  const added = await add(account.id, '+17205550461');
  const refused = await connect({ ...account, apiKey: 'KEYdeadbeefdeadbeef' });
  const listed = await rig.ask(owner, 'GET', '/carrier-accounts');
  const payloads = await rig.server.db.peek<{ payload: string }>('select payload from audit_payloads');
  const everything = [
    added.text,
    refused.text,
    listed.text,
    ...rig.server.logged,
    ...payloads.map((row) => row.payload),
  ];
  for (const secret of [account.apiKey, 'KEYdeadbeefdeadbeef']) expect(everything.join()).not.toContain(secret);
});
