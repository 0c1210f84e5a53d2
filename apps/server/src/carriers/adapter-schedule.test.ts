import { createHash, generateKeyPairSync, randomBytes } from 'node:crypto';
import { createEmulator, type Emulator } from 'carrier-emulator';
import Telnyx from 'telnyx';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type CarrierAccount, createCarriers } from './index.ts';

/** Sending through a service, later, for a while only, and calling it back: both adapters against the emulator. */

const FROM = { twilio: '+17205550110', telnyx: '+17205550114' } as const;
const token = { twilio: randomBytes(16).toString('hex'), telnyx: `KEY${randomBytes(16).toString('hex')}` };
const ref = { twilio: `AC${createHash('md5').update(token.twilio).digest('hex')}`, telnyx: 'telnyx-later' };
const account = (carrier: keyof typeof FROM): CarrierAccount => ({
  tenantId: 't',
  id: carrier,
  carrier,
  accountRef: ref[carrier],
  authTokens: [token[carrier]],
  webhookKeys: [],
});

let emulator: Emulator;
let service: { twilio: string; telnyx: string };
beforeAll(async () => {
  emulator = await createEmulator({ timing: { stepMs: 5, retryMs: 20 } });
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const raw = (der: Buffer) => der.subarray(-32).toString('base64');
  await put(ref.twilio, { carrier: 'twilio', authToken: token.twilio, numbers: [{ e164: FROM.twilio }] });
  await put(ref.telnyx, {
    carrier: 'telnyx',
    apiKey: token.telnyx,
    webhookPrivateKey: raw(privateKey.export({ format: 'der', type: 'pkcs8' })),
    webhookPublicKey: raw(publicKey.export({ format: 'der', type: 'spki' })),
    numbers: [{ e164: FROM.telnyx }],
  });
  service = { twilio: await makeService(), telnyx: await ownProfile() };
});
afterAll(() => emulator.close());

async function put(sid: string, body: unknown): Promise<void> {
  const answer = await fetch(`${emulator.url}/emulator/api/accounts/${sid}`, {
    method: 'PUT',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  if (!answer.ok) throw new Error(await answer.text());
}

/** A Messaging Service with our number in it, made as a customer makes one. */
async function makeService(): Promise<string> {
  const auth = `Basic ${Buffer.from(`${ref.twilio}:${token.twilio}`).toString('base64')}`;
  const ask = async (path: string, form: Record<string, string>) => {
    const answer = await fetch(`${emulator.url}${path}`, {
      method: 'POST',
      headers: { authorization: auth, 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams(form),
    });
    if (!answer.ok) throw new Error(await answer.text());
    return (await answer.json()) as { sid: string };
  };
  const { sid } = await ask('/v1/Services', { FriendlyName: 'Reminders' });
  const numbers = await fetch(`${emulator.url}/2010-04-01/Accounts/${ref.twilio}/IncomingPhoneNumbers.json`, {
    headers: { authorization: auth },
  });
  const { incoming_phone_numbers: owned } = (await numbers.json()) as {
    incoming_phone_numbers: Array<{ sid: string }>;
  };
  await ask(`/v1/Services/${sid}/PhoneNumbers`, { PhoneNumberSid: owned[0]?.sid ?? '' });
  return sid;
}

async function ownProfile(): Promise<string> {
  const client = new Telnyx({ apiKey: token.telnyx, baseURL: `${emulator.url}/v2`, maxRetries: 0 });
  const { data } = await client.messagingProfiles.list();
  return data?.[0]?.id ?? '';
}

const inAnHour = () => new Date(Date.now() + 3_600_000);
let people = 0;
const adapterOf = (carrier: keyof typeof FROM) =>
  createCarriers({ twilioApiUrl: emulator.url, telnyxApiUrl: emulator.url })(carrier);

function send(carrier: keyof typeof FROM, more: { service?: string; sendAt?: Date; validitySeconds?: number }) {
  const to = `+1303557${String(people++).padStart(4, '0')}`;
  const statusCallback = 'http://127.0.0.1:9/x';
  const request = { from: FROM[carrier], to, body: 'See you then', mediaUrls: [], statusCallback, ...more };
  return adapterOf(carrier).send(account(carrier), request);
}

test.each(['twilio', 'telnyx'] as const)(
  '%s: a scheduled text is called back, once, and one that left is not',
  async (carrier) => {
    const adapter = adapterOf(carrier);
    const later = await send(carrier, { service: service[carrier], sendAt: inAnHour() });
    if (later.kind !== 'taken') throw new Error(JSON.stringify(later));
    expect(await adapter.cancel(account(carrier), later.carrierMessageId)).toBe('canceled');
    expect(await adapter.cancel(account(carrier), later.carrierMessageId)).not.toBe('canceled');

    const now = await send(carrier, { service: service[carrier] });
    if (now.kind !== 'taken') throw new Error(JSON.stringify(now));
    expect(await adapter.cancel(account(carrier), now.carrierMessageId)).toBe('too_late');
    const unknown = carrier === 'twilio' ? `SM${'0'.repeat(32)}` : '00000000-0000-4000-8000-000000000000';
    expect(await adapter.cancel(account(carrier), unknown)).toBe('unknown_message');
  },
);

test('twilio: without a service, too soon or too late a text is not scheduled, and nothing is sent instead', async () => {
  expect(await send('twilio', { sendAt: inAnHour() })).toMatchObject({ kind: 'failed' });
  const soon = new Date(Date.now() + 60_000);
  expect(await send('twilio', { service: service.twilio, sendAt: soon })).toMatchObject({ kind: 'failed' });
});

test('twilio: a text is sent through its service and not after its time', async () => {
  const sent = await send('twilio', { service: service.twilio, validitySeconds: 90.7 });
  if (sent.kind !== 'taken') throw new Error(JSON.stringify(sent));
  const auth = `Basic ${Buffer.from(`${ref.twilio}:${token.twilio}`).toString('base64')}`;
  const answer = await fetch(
    `${emulator.url}/2010-04-01/Accounts/${ref.twilio}/Messages/${sent.carrierMessageId}.json`,
    { headers: { authorization: auth } },
  );
  expect(await answer.json()).toMatchObject({ messaging_service_sid: service.twilio });
  expect(await send('twilio', { validitySeconds: -5 })).toMatchObject({ kind: 'taken' });
  expect(await send('twilio', { validitySeconds: 1_000_000 })).toMatchObject({ kind: 'taken' });
});

test.each(['twilio', 'telnyx'] as const)(
  '%s: a service of somebody else’s is refused in words, and nothing is sent',
  async (carrier) => {
    const foreign = carrier === 'twilio' ? `MG${'f'.repeat(32)}` : '11111111-1111-4111-8111-111111111111';
    const outcome = await send(carrier, { service: foreign });
    expect(outcome).toMatchObject({ kind: 'failed', retry: false });
  },
);
