import { generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto';
import fc from 'fast-check';
import { getExpectedTwilioSignature } from 'twilio/lib/webhooks/webhooks.js';
import { createNumberDirectory } from '../../apps/server/src/carriers/index.ts';
import { addTelnyxNumbers, addTwilioNumbers } from '../../apps/server/src/numbers/index.ts';
import { createSealer } from '../../apps/server/src/platform/secrets/seal.ts';
import { createTestServer, TEST_ORIGIN, type TestServer } from '../../apps/server/src/test-server.ts';
import startTestPostgres from '../../scripts/test-postgres.ts';
import type { Proof } from './proof.ts';

const INJECTED = 100_000;
const OVER_SOCKETS = 1_000;
const BATCH = 1_000;
const AT_ONCE = 16;

interface Sent {
  url: string;
  headers: Record<string, string>;
  body: Buffer;
}

/** A door with a request that it takes; each call makes a new one. */
interface Door {
  sample(): Sent;
  /** Whether the carrier's own client would call this a good signature. */
  holds(sent: Sent): boolean;
  signatureHeader: string;
}

export const proof: Proof = {
  title: 'A hundred thousand malformed webhooks: no 5xx, nothing stored',
  async run({ seed, log }) {
    const stop = await startTestPostgres();
    const server = await createTestServer();
    try {
      const doors = await openDoors(server);
      const before = await rowsOf(server);
      const injected = { refused: 0, taken: 0, failed: 0 };
      for (let at = 0; at < INJECTED; at += BATCH) {
        await each(mutants(doors, BATCH, seed + at), async (sent) => {
          const answer = await server.app.inject({
            method: 'POST',
            url: sent.url,
            headers: sent.headers,
            payload: sent.body,
          });
          tally(injected, answer.statusCode);
        });
        server.logged.length = 0;
        if ((at / BATCH) % 10 === 9) log(`${at + BATCH} requests`);
      }
      const address = await server.app.listen({ host: '127.0.0.1', port: 0 });
      const overSockets = { refused: 0, taken: 0, failed: 0 };
      await each(mutants(doors, OVER_SOCKETS, seed - 1), async (sent) => {
        const body = new Uint8Array(sent.body);
        const answer = await fetch(address + sent.url, { method: 'POST', headers: sent.headers, body });
        await answer.body?.cancel();
        tally(overSockets, answer.status);
      });
      const after = await rowsOf(server);
      const whole = await Promise.all(
        doors.map(async (door) => {
          const { url, headers, body } = door.sample();
          return (await server.app.inject({ method: 'POST', url, headers, payload: body })).statusCode;
        }),
      );
      return {
        claims: [
          {
            claim: 'requests by injection answered 5xx',
            held: injected.failed === 0,
            detail: `${injected.failed} of ${INJECTED}`,
          },
          { claim: 'requests by injection taken', held: injected.taken === 0, detail: `${injected.taken}` },
          {
            claim: 'requests over sockets answered 5xx',
            held: overSockets.failed === 0,
            detail: `${overSockets.failed} of ${OVER_SOCKETS}`,
          },
          { claim: 'requests over sockets taken', held: overSockets.taken === 0, detail: `${overSockets.taken}` },
          { claim: 'rows stored by them', held: after === before, detail: `${after - before}` },
          {
            claim: 'the same requests unspoiled are taken',
            held: whole.every((status) => status === 200),
            detail: whole.join(', '),
          },
        ],
        text: 'Half at Twilio’s door, half at Telnyx’s. Each request is a good one, signed for a number that is connected, that was spoiled in one or more places (bytes of the body cut, changed, added; the signature, the time or the address changed; headers left out), or bytes and JSON of no meaning. Requests that the carrier’s own client would still verify are left out.',
        facts: { injected, overSockets },
      };
    } finally {
      await server.close();
      await stop?.();
    }
  },
};

function tally(counts: { refused: number; taken: number; failed: number }, status: number): void {
  if (status >= 500) counts.failed++;
  else if (status >= 400) counts.refused++;
  else counts.taken++;
}

async function each(all: readonly Sent[], work: (sent: Sent) => Promise<void>): Promise<void> {
  const left = all.values();
  await Promise.all(
    Array.from({ length: AT_ONCE }, async () => {
      for (const sent of left) await work(sent);
    }),
  );
}

async function rowsOf({ db }: TestServer): Promise<number> {
  const tables = [
    'messages',
    'inbound_raw',
    'contacts',
    'threads',
    'conversations',
    'dnc_events',
    'audit_entries',
    'hot_outbox',
  ];
  const [row] = await db.peek<{ rows: string }>(
    `select ${tables.map((table) => `(select count(*) from ${table})`).join(' + ')} as rows`,
  );
  return Number(row?.rows);
}

async function openDoors(server: TestServer): Promise<Door[]> {
  const sealer = createSealer(randomBytes(32));
  const tenant = await server.addTenant();
  // The test server's own number is sealed with a key of its own.
  await server.db.peek('delete from numbers');
  server.core.directory = createNumberDirectory(server.db, sealer);
  const twilio = { accountSid: `AC${randomBytes(16).toString('hex')}`, authToken: randomBytes(16).toString('hex') };
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const line = (e164: string) => [{ id: crypto.randomUUID(), e164, name: 'Line' }];
  await server.db.withTenant(tenant.id, async (tx) => {
    await addTwilioNumbers(tx, sealer, { id: crypto.randomUUID(), ...twilio, numbers: line('+17205550981') });
    await addTelnyxNumbers(tx, sealer, {
      id: crypto.randomUUID(),
      accountRef: 'proof',
      apiKey: 'KEY',
      webhookPublicKey: publicKey.export({ format: 'der', type: 'spki' }).subarray(-32).toString('base64'),
      numbers: line('+17205550982'),
    });
  });
  return [twilioDoor(twilio, '+17205550981'), telnyxDoor(privateKey, '+17205550982')];
}

function twilioDoor({ accountSid, authToken }: { accountSid: string; authToken: string }, number: string): Door {
  const url = '/webhooks/twilio/messages';
  const signatureHeader = 'x-twilio-signature';
  return {
    signatureHeader,
    sample() {
      const params = {
        AccountSid: accountSid,
        MessageSid: `SM${randomBytes(16).toString('hex')}`,
        From: '+13035550142',
        To: number,
        Body: 'Is the furnace man coming? äé€ & more',
        NumMedia: '0',
      };
      const signature = getExpectedTwilioSignature(authToken, TEST_ORIGIN + url, params);
      const headers = { 'content-type': 'application/x-www-form-urlencoded', [signatureHeader]: signature };
      return { url, headers, body: Buffer.from(new URLSearchParams(params).toString()) };
    },
    holds(sent) {
      const form = new URLSearchParams(sent.body.toString('utf8'));
      const params = Object.fromEntries([...form.keys()].map((name) => [name, form.getAll(name)]));
      return getExpectedTwilioSignature(authToken, TEST_ORIGIN + sent.url, params) === sent.headers[signatureHeader];
    },
  };
}

function telnyxDoor(privateKey: KeyObject, number: string): Door {
  const url = '/webhooks/telnyx/messages';
  const signatureHeader = 'telnyx-signature-ed25519';
  const signed = (timestamp: string, body: Buffer) =>
    sign(null, Buffer.concat([Buffer.from(`${timestamp}|`), body]), privateKey).toString('base64');
  return {
    signatureHeader,
    sample() {
      const event = {
        id: crypto.randomUUID(),
        event_type: 'message.received',
        payload: {
          direction: 'inbound',
          id: crypto.randomUUID(),
          from: { phone_number: '+13035550142' },
          to: [{ phone_number: number, status: 'webhook_delivered' }],
          text: 'Is the furnace man coming? äé€',
          errors: [],
        },
      };
      const body = Buffer.from(JSON.stringify({ data: event, meta: { attempt: 1 } }));
      const timestamp = String(Math.floor(Date.now() / 1000));
      const headers = {
        'content-type': 'application/json',
        'telnyx-timestamp': timestamp,
        [signatureHeader]: signed(timestamp, body),
      };
      return { url, headers, body };
    },
    holds: (sent) => signed(sent.headers['telnyx-timestamp'] ?? '', sent.body) === sent.headers[signatureHeader],
  };
}

/** Spoiled requests, half for each door. */
function mutants(doors: readonly Door[], count: number, seed: number): Sent[] {
  const spoiling = fc.record({
    door: fc.nat(doors.length - 1),
    body: fc.oneof(
      fc.constant(null),
      fc.record({ at: fc.nat(1_000), cut: fc.nat(40), put: fc.uint8Array({ maxLength: 12 }) }),
      fc
        .oneof(
          fc.uint8Array({ maxLength: 300 }),
          fc.json().map((text) => Buffer.from(text)),
        )
        .map((whole) => ({ whole })),
    ),
    signature: fc.oneof({ weight: 4, arbitrary: fc.constant(null) }, fc.base64String(), fc.constant(undefined)),
    shift: fc.oneof({ weight: 4, arbitrary: fc.constant(0) }, fc.integer({ min: -100_000, max: 100_000 })),
    type: fc.oneof(fc.constant(null), fc.constantFrom('text/plain', 'application/json', 'x', 'multipart/form-data')),
    query: fc.constantFrom('', '', '?a=1', '?mid=%00', '?%'),
  });
  const found: Sent[] = [];
  for (let round = 0; found.length < count; round++) {
    for (const how of fc.sample(spoiling, { seed: seed + round * 7_919, numRuns: count })) {
      const door = doors[how.door];
      if (door === undefined || found.length === count) continue;
      const sent = door.sample();
      if (how.body !== null) {
        if ('whole' in how.body) sent.body = Buffer.from(how.body.whole);
        else {
          const at = how.body.at % sent.body.length;
          sent.body = Buffer.concat([sent.body.subarray(0, at), how.body.put, sent.body.subarray(at + how.body.cut)]);
        }
      }
      if (how.signature === undefined) delete sent.headers[door.signatureHeader];
      else if (how.signature !== null) sent.headers[door.signatureHeader] = how.signature;
      const timestamp = sent.headers['telnyx-timestamp'];
      if (timestamp !== undefined) sent.headers['telnyx-timestamp'] = String(Number(timestamp) + how.shift);
      if (how.type !== null) sent.headers['content-type'] = how.type;
      sent.url += how.query;
      if (!door.holds(sent)) found.push(sent);
    }
  }
  return found;
}
