import { createHash, generateKeyPairSync, randomBytes } from 'node:crypto';
import { createEmulator, type Emulator } from 'carrier-emulator';
import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { type CarrierAccount, createCarriers, type SendOutcome } from './index.ts';

/** Both adapters with their official clients against the emulator, each way in which a call can go wrong, from seeds. */

const NUMBERS = { twilio: '+17205550110', telnyx: '+17205550114' } as const;
type Carrier = keyof typeof NUMBERS;
const CARRIERS: Carrier[] = ['twilio', 'telnyx'];

const accounts = {} as Record<Carrier, CarrierAccount>;
let emulator: Emulator;
beforeAll(async () => {
  emulator = await createEmulator({ timing: { stepMs: 5, retryMs: 20 } });
  for (const carrier of CARRIERS) accounts[carrier] = await openAccount(carrier);
});
afterEach(() => control('/faults', 'DELETE'));
afterAll(() => emulator.close());

const control = async (path: string, method: string, body?: unknown) => {
  const answer = await fetch(`${emulator.url}/emulator/api${path}`, {
    method,
    ...(body === undefined ? {} : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
  });
  if (!answer.ok) throw new Error(`The emulator answered ${answer.status}: ${await answer.text()}`);
  return answer;
};

async function openAccount(carrier: Carrier): Promise<CarrierAccount> {
  const token = randomBytes(16).toString('hex');
  const ref = carrier === 'twilio' ? `AC${createHash('md5').update(token).digest('hex')}` : 'telnyx-under-fire';
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const raw = (der: Buffer) => der.subarray(-32).toString('base64');
  const keys = {
    webhookPrivateKey: raw(privateKey.export({ format: 'der', type: 'pkcs8' })),
    webhookPublicKey: raw(publicKey.export({ format: 'der', type: 'spki' })),
  };
  await control(`/accounts/${ref}`, 'PUT', {
    carrier,
    ...(carrier === 'twilio' ? { authToken: token } : { apiKey: token, ...keys }),
    numbers: [{ e164: NUMBERS[carrier] }],
  });
  return { tenantId: 't', id: `a-${carrier}`, carrier, accountRef: ref, authTokens: [token], webhookKeys: [] };
}

let people = 0;
const somebody = () => `+1303556${String(people++).padStart(4, '0')}`;

function send(carrier: Carrier, to: string): Promise<SendOutcome> {
  const adapter = createCarriers({ twilioApiUrl: emulator.url, telnyxApiUrl: emulator.url })(carrier);
  return adapter.send(accounts[carrier], {
    from: NUMBERS[carrier],
    to,
    body: 'On our way',
    mediaUrls: [],
    statusCallback: adapter.reportUrl('http://127.0.0.1:9', '01890000-0000-7000-8000-000000000000'),
  });
}

/** How many texts to this person the carrier took. */
async function takenBy(to: string): Promise<number> {
  const answer = await fetch(`${emulator.url}/emulator/api/handsets/${encodeURIComponent(to)}/messages`);
  if (answer.status === 404) return 0;
  const { messages } = (await answer.json()) as { messages: Array<{ direction: string }> };
  return messages.filter(({ direction }) => direction !== 'inbound').length;
}

/** What an outcome says the carrier did: at least, at most. */
const SAYS: Record<SendOutcome['kind'], [number, number]> = { taken: [1, 1], failed: [0, 0], unknown: [0, 1] };

async function faults(carrier: Carrier, seed: number, set: Record<string, unknown>): Promise<void> {
  await control('/faults', 'POST', { accountSid: accounts[carrier].accountRef, seed, faults: set });
}

describe.each(CARRIERS)('%s', (carrier) => {
  test.each([
    ['answered late', { 'send:delay': { probability: 0.5, ms: 60 } }],
    ['cut off after it was taken', { 'send:disconnect-after-accept': 0.5 }],
    ['answered 500', { 'send:500': 0.5 }],
    ['answered 503', { 'send:503': 0.5 }],
    ['answered 429', { 'send:429': 0.5 }],
    ['refused', { 'send:refuse': 0.5 }],
    [
      'all of it at once',
      {
        'send:delay': { probability: 0.3, ms: 60 },
        'send:disconnect-after-accept': 0.3,
        'send:500': 0.2,
        'send:503': 0.2,
        'send:429': 0.2,
      },
    ],
  ])('a text whose call is %s is sent once or not at all, and what we say of it is true', async (_how, set) => {
    await fc.assert(
      fc.asyncProperty(fc.nat({ max: 2 ** 31 }), async (seed) => {
        await faults(carrier, seed, set);
        const recipients = Array.from({ length: 12 }, somebody);
        const outcomes = await Promise.all(recipients.map((to) => send(carrier, to)));
        for (const [i, outcome] of outcomes.entries()) {
          const [least, most] = SAYS[outcome.kind];
          const to = recipients[i] ?? '';
          // What was taken arrives a moment later.
          if (least > 0) await expect.poll(() => takenBy(to), { timeout: 10_000 }).toBeGreaterThan(0);
          const taken = await takenBy(to);
          expect({ outcome, taken }).toMatchObject({ taken: expect.toSatisfy((n: number) => n >= least && n <= most) });
          expect(JSON.stringify(outcome)).not.toContain(accounts[carrier].authTokens[0]);
        }
        await faults(carrier, 1, {});
      }),
      { numRuns: 6 },
    );
  });

  test('a 429 may be tried again, a 5xx may not: nobody knows what became of it', async () => {
    await faults(carrier, 1, { 'send:429': 1 });
    expect(await send(carrier, somebody())).toMatchObject({ kind: 'failed', retry: true });
    for (const fault of ['send:500', 'send:503']) {
      await faults(carrier, 1, { [fault]: 1 });
      expect(await send(carrier, somebody())).toMatchObject({ kind: 'unknown' });
    }
    await faults(carrier, 1, {});
  });
});

test('a text that the carrier took and never answered for is unknown after fifteen seconds, not sent again', async () => {
  await Promise.all(
    CARRIERS.map(async (carrier) => {
      await faults(carrier, 1, { 'send:timeout-after-accept': 1 });
      const [silent, to] = [somebody(), somebody()];
      const began = performance.now();
      const outcome = await send(carrier, silent);
      expect(outcome.kind).toBe('unknown');
      expect(performance.now() - began).toBeLessThan(20_000);
      await expect.poll(() => takenBy(silent), { timeout: 10_000 }).toBe(1);
      await faults(carrier, 1, {});
      expect((await send(carrier, to)).kind).toBe('taken');
    }),
  );
}, 40_000);

test.each([
  ['twilio', '+15005550001', 'PERMANENT_RECIPIENT'],
  ['twilio', '+15005550004', 'OPT_OUT'],
  ['twilio', '+15005550003', 'SENDER_CONFIG'],
  ['twilio', '+15005550009', 'PERMANENT_RECIPIENT'],
  ['twilio', '+15005552429', 'TRANSIENT'],
] as const)('%s: what the magic number %s is refused for has a class and words of ours', async (carrier, to, kind) => {
  const outcome = await send(carrier, to);
  expect(outcome).toMatchObject({ kind: 'failed', error: { class: kind } });
  expect(outcome.kind === 'failed' && outcome.error.words.length).toBeGreaterThan(10);
});
