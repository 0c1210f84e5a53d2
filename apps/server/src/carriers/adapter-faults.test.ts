import { createHash, generateKeyPairSync, randomBytes } from 'node:crypto';
import { inspect } from 'node:util';
import { telnyxError, twilioError } from '@patchline/domain/carrier-errors';
import { createEmulator, type Emulator } from 'carrier-emulator';
import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { createLogger } from '../platform/logging.ts';
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

async function openAccount(carrier: Carrier, e164: string = NUMBERS[carrier], limits = {}): Promise<CarrierAccount> {
  const token = randomBytes(16).toString('hex');
  const ref = carrier === 'twilio' ? `AC${createHash('md5').update(token).digest('hex')}` : `telnyx-${token}`;
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const raw = (der: Buffer) => der.subarray(-32).toString('base64');
  const keys = {
    webhookPrivateKey: raw(privateKey.export({ format: 'der', type: 'pkcs8' })),
    webhookPublicKey: raw(publicKey.export({ format: 'der', type: 'spki' })),
  };
  await control(`/accounts/${ref}`, 'PUT', {
    carrier,
    ...(carrier === 'twilio' ? { authToken: token } : { apiKey: token, ...keys }),
    limits,
    numbers: [{ e164 }],
  });
  return { tenantId: 't', id: `a-${ref}`, carrier, accountRef: ref, authTokens: [token], webhookKeys: [] };
}

let people = 0;
const somebody = () => `+1303556${String(people++).padStart(4, '0')}`;

const adapterOf = (carrier: Carrier, url = emulator.url) =>
  createCarriers({ twilioApiUrl: url, telnyxApiUrl: url })(carrier);

interface Sent {
  account?: CarrierAccount;
  from?: string;
  body?: string;
}

function send(carrier: Carrier, to: string, sent: Sent = {}): Promise<SendOutcome> {
  const { account = accounts[carrier], from = NUMBERS[carrier], body = 'On our way' } = sent;
  const adapter = adapterOf(carrier);
  return adapter.send(account, {
    from,
    to,
    body,
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

test('a call that is never answered is unknown after fifteen seconds, whether the carrier took the text or not', async () => {
  const calls = CARRIERS.flatMap((carrier) =>
    (['send:timeout-after-accept', 'send:timeout-before-accept'] as const).map((fault) => ({ carrier, fault })),
  );
  await Promise.all(
    calls.map(async ({ carrier, fault }) => {
      const to = somebody();
      const began = performance.now();
      const outcome = await send(carrier, to, { body: `{{fault ${fault}}}` });
      expect(outcome.kind).toBe('unknown');
      const took = performance.now() - began;
      expect(took).toBeGreaterThan(14_000);
      expect(took).toBeLessThan(20_000);
      const taken = fault === 'send:timeout-after-accept' ? 1 : 0;
      await expect.poll(() => takenBy(to), { timeout: 10_000 }).toBe(taken);
    }),
  );
}, 40_000);

/** What a code says, and whether we may try again: only what passes by itself. */
const refusal = (carrier: Carrier, code: number) => {
  const error = carrier === 'twilio' ? twilioError(code) : telnyxError({ code });
  return { kind: 'failed', error, retry: error.class === 'TRANSIENT' };
};

test.each([
  ['twilio', '+15005550001', 21211],
  ['twilio', '+15005550002', 21612],
  ['twilio', '+15005550003', 21408],
  ['twilio', '+15005550004', 21610],
  ['twilio', '+15005550009', 21614],
  ['twilio', '+15005551608', 21608],
  ['twilio', '+15005551617', 21617],
  ['twilio', '+15005552429', 20429],
  ['telnyx', '+15005559300', 40300],
  ['telnyx', '+15005559301', 40301],
  ['telnyx', '+15005559310', 40310],
  ['telnyx', '+15005559318', 40318],
  ['telnyx', '+15005559333', 40333],
  ['telnyx', '+15005552429', 10011],
] as const)(
  '%s: what %s is refused for (%i) has a class and words of ours, and nothing is sent',
  async (carrier, to, code) => {
    const outcome = await send(carrier, to);
    expect(outcome).toEqual(refusal(carrier, code));
    expect(outcome.kind === 'failed' && outcome.error.class).not.toBe('UNKNOWN');
    expect(await takenBy(to)).toBe(0);
  },
);

test.each([
  ['+15005550001', 21212],
  ['+15005550007', 21606],
  ['+15005550008', 21611],
])('twilio: sending from %s is refused with %i', async (from, code) => {
  const to = somebody();
  expect(await send('twilio', to, { from })).toEqual(refusal('twilio', code));
  expect(await takenBy(to)).toBe(0);
});

const LIMITED = { twilio: ['+17205550117', '+17205550118'], telnyx: ['+17205550119', '+17205550120'] } as const;

test.each([
  ['twilio', 21611],
  ['telnyx', 40318],
] as const)(
  '%s: a full queue is a definite no (%i) that may pass, and what was taken before it stays',
  async (carrier, code) => {
    const [from] = LIMITED[carrier];
    // Two segments wait a minute; the third would wait longer than the queue is long.
    const account = await openAccount(carrier, from, { segmentsPerSecond: 1 / 30, queueSeconds: 60 });
    const outcomes: SendOutcome[] = [];
    for (let n = 0; n < 6; n++) outcomes.push(await send(carrier, somebody(), { account, from }));
    expect(outcomes[0]?.kind).toBe('taken');
    expect(outcomes.at(-1)).toEqual(refusal(carrier, code));
  },
);

test.each([
  ['twilio', 20429],
  ['telnyx', 10011],
] as const)(
  '%s: beyond the rate of the account (%i) nothing is sent and all may be tried again',
  async (carrier, code) => {
    const [, from] = LIMITED[carrier];
    const account = await openAccount(carrier, from, { requestsPerSecond: 3 });
    const recipients = Array.from({ length: 15 }, somebody);
    const outcomes = await Promise.all(recipients.map((to) => send(carrier, to, { account, from })));
    expect(outcomes.filter(({ kind }) => kind === 'taken').length).toBeGreaterThan(0);
    const refused = recipients.filter((_to, i) => outcomes[i]?.kind === 'failed');
    expect(refused.length).toBeGreaterThan(0);
    for (const outcome of outcomes) if (outcome.kind !== 'taken') expect(outcome).toEqual(refusal(carrier, code));
    for (const to of refused) expect(await takenBy(to)).toBe(0);
  },
);

describe.each(CARRIERS)('%s', (carrier) => {
  test('no error of a question that failed, and no line of the log about it, has the credential', async () => {
    const account = accounts[carrier];
    const [token = ''] = account.authTokens;
    const secrets = [token, Buffer.from(`${account.accountRef}:${token}`).toString('base64')];
    const errors: unknown[] = [];
    const ask = async (url: string) => {
      const adapter = adapterOf(carrier, url);
      const asked = [
        () => adapter.fetch(account, 'SM00000000000000000000000000000001'),
        () => adapter.cancel(account, 'SM00000000000000000000000000000001'),
        () => adapter.list(account, { since: new Date(0), limit: 1 }),
      ];
      for (const question of asked) await question().catch((error: unknown) => errors.push(error));
    };
    await faults(carrier, 1, { 'read:500': 1 });
    await ask(emulator.url);
    // Nobody listens there.
    await ask('http://127.0.0.1:9');
    expect(errors.length).toBeGreaterThanOrEqual(5);
    const lines: string[] = [];
    const log = createLogger('debug', { write: (line) => void lines.push(line) });
    for (const err of errors) log.warn({ err }, 'the carrier could not be asked');
    for (const secret of secrets) {
      expect(errors.map((error) => inspect(error, { depth: 10, showHidden: true })).join('\n')).not.toContain(secret);
      expect(lines.join('')).not.toContain(secret);
    }
  });
});
