import { createHash, randomBytes } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { EXPIRED } from '@patchline/domain/sending-rates';
import fc from 'fast-check';
import { pino } from 'pino';
import { v7 as uuidv7 } from 'uuid';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { createNumberDirectory, credentialContext } from '../carriers/index.ts';
import { createPacer } from '../pacing/index.ts';
import { createSealer } from '../platform/secrets/seal.ts';
import { acceptOutbound } from './accept-outbound.ts';
import type { MessagingCore } from './core.ts';
import { type SendDispatcher, startSendDispatcher } from './dispatcher.ts';
import { createSendSignals } from './send-signals.ts';
import { createTestWorld, type TestWorld } from './test-world.ts';

let world: TestWorld;
const running = new Set<SendDispatcher>();
beforeAll(async () => {
  world = await createTestWorld();
});
afterEach(async () => {
  await Promise.all([...running].map((dispatcher) => dispatcher.stop()));
  running.clear();
  await world.faults({});
});
afterAll(() => world.close());

/** A dispatcher as another process has one. */
function dispatcher(core: MessagingCore = { ...world.core, processId: uuidv7(), sends: createSendSignals() }) {
  const pacer = createPacer({ redisUrl: null }, pino({ level: 'silent' }));
  const started = startSendDispatcher({ core, pacer, emulated: () => true });
  running.add(started);
  return started;
}

async function end(started: SendDispatcher | undefined): Promise<void> {
  if (started === undefined) return;
  running.delete(started);
  await started.stop();
}

const accept = (tenantId: string, to: string, body: string) =>
  world.db.withTenant(tenantId, (tx) =>
    acceptOutbound(world.core, tx, {
      to,
      from: null,
      body,
      mediaIds: [],
      author: null,
      actor: 'test',
      lockToken: null,
    }),
  );

async function acceptMany(tenantId: string, count: number, prefix: string): Promise<void> {
  for (let n = 0; n < count; n++) await accept(tenantId, `${prefix}${String(n % 100).padStart(2, '0')}`, `text ${n}`);
}

const bodiesAt = async (e164: string) =>
  (await world.handset(e164)).filter(({ direction }) => direction !== 'inbound').map(({ body }) => body);

const waiting = async (tenantId: string) =>
  (await world.db.peek('select 1 from send_queue where tenant_id = $1', [tenantId])).length;

test('a text that waited too long fails in words instead of arriving at night', async () => {
  const { id } = await accept(world.tenantId, '+13035550301', 'Are you at home?');
  await world.db.peek(
    "update send_queue set expires_at = clock_timestamp() - interval '1 second' where message_id = $1",
    [id],
  );
  await dispatcher().settled();
  expect(await world.db.peek('select status, error_code, error_message from messages where id = $1', [id])).toEqual([
    { status: 'failed', error_code: EXPIRED.code, error_message: EXPIRED.words },
  ]);
  expect(await bodiesAt('+13035550301')).toEqual([]);
  expect(await waiting(world.tenantId)).toBe(0);
});

test('two processes share a backlog, and nobody gets a text twice or in another order', async () => {
  await acceptMany(world.tenantId, 120, '+130355503');
  const both = [dispatcher(), dispatcher()];
  await Promise.all(both.map((each) => each.settled()));
  expect(await waiting(world.tenantId)).toBe(0);
  for (let n = 2; n < 20; n++) {
    const to = `+130355503${String(n).padStart(2, '0')}`;
    await expect.poll(() => bodiesAt(to), { timeout: 10_000 }).toEqual([`text ${n}`, `text ${n + 100}`]);
  }
});

/** What happens to the processes while texts are accepted. */
const happenings = fc.array(
  fc.oneof(
    { weight: 6, arbitrary: fc.record({ kind: fc.constant('text' as const), person: fc.nat({ max: 3 }) }) },
    { weight: 2, arbitrary: fc.record({ kind: fc.constant('start' as const) }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('stop' as const), which: fc.nat({ max: 3 }) }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('wait' as const), ms: fc.nat({ max: 20 }) }) },
  ),
  { minLength: 10, maxLength: 40 },
);

let round = 0;

test('however processes come and go while texts are accepted, each text is sent once and in its turn', async () => {
  await fc.assert(
    fc.asyncProperty(happenings, fc.nat({ max: 2 ** 31 }), async (steps, seed) => {
      await world.faults({ 'send:delay': { probability: 0.5, ms: 15 } }, seed);
      const people = Array.from({ length: 4 }, (_, n) => `+13035557${String(round * 4 + n).padStart(3, '0')}`);
      round++;
      const expected = new Map(people.map((to) => [to, [] as string[]]));
      for (const [n, step] of steps.entries()) {
        if (step.kind === 'text') {
          const to = people[step.person] ?? '';
          await accept(world.tenantId, to, `text ${n}`);
          expected.get(to)?.push(`text ${n}`);
        } else if (step.kind === 'start' && running.size < 3) dispatcher();
        else if (step.kind === 'wait') await pause(step.ms);
        else if (step.kind === 'stop') await end([...running][step.which % Math.max(1, running.size)]);
      }
      const last = dispatcher();
      await Promise.all([...running].map((each) => each.settled()));
      expect(await waiting(world.tenantId)).toBe(0);
      for (const [to, bodies] of expected) {
        await expect.poll(() => bodiesAt(to), { timeout: 10_000 }).toEqual(bodies);
      }
      await end(last);
    }),
    { numRuns: 15, endOnFailure: true },
  );
}, 90_000);

test('a process that ends in the middle of a backlog leaves the rest to the next one, and nothing half done', async () => {
  await world.faults({ 'send:delay': { probability: 1, ms: 30 } });
  await acceptMany(world.tenantId, 100, '+130355504');
  const first = dispatcher();
  await expect.poll(() => waiting(world.tenantId), { interval: 1 }).toBeLessThan(100);
  await end(first);
  const between = await world.db.peek<{ status: string }>(
    "select distinct status from messages where their_address like '+130355504%'",
  );
  // Begun means ended as well: none hangs in the middle of its call.
  expect(between.map(({ status }) => status)).not.toContain('sending');
  await dispatcher().settled();
  for (let n = 0; n < 100; n++) {
    const to = `+130355504${String(n).padStart(2, '0')}`;
    await expect.poll(() => bodiesAt(to), { timeout: 10_000 }).toEqual([`text ${n}`]);
  }
});

test('the backlog of one company does not hold up the single text of another', async () => {
  const other = await addTenant();
  await world.faults({ 'send:delay': { probability: 1, ms: 150 } });
  await acceptMany(world.tenantId, 300, '+130355505');
  const started = dispatcher();
  await expect.poll(() => waiting(world.tenantId), { interval: 1 }).toBeLessThan(300);
  const { id } = await accept(other, '+13035550600', 'The single one');
  const status = async () =>
    (await world.db.peek<{ status: string }>('select status from messages where id = $1', [id]))[0]?.status;
  await expect.poll(status, { interval: 5, timeout: 15_000 }).not.toBe('accepted');
  expect(await waiting(world.tenantId)).toBeGreaterThan(100);
  await started.settled();
});

/** Another company with an account and a number of its own. */
async function addTenant(): Promise<string> {
  const sealer = createSealer(randomBytes(32));
  const tenantId = uuidv7();
  const accountId = uuidv7();
  const authToken = randomBytes(16).toString('hex');
  const accountSid = `AC${createHash('md5').update(tenantId).digest('hex')}`;
  const sealed = (tenant: string, account: string, token: string) =>
    sealer.seal(token, credentialContext(tenant, account));
  await world.db.peek("insert into tenants (tenant_id, name) values ($1, 'Another company')", [tenantId]);
  await world.db.peek(
    "insert into carrier_accounts (tenant_id, id, carrier, account_ref, auth_token_sealed) values ($1, $2, 'twilio', $3, $4)",
    [tenantId, accountId, accountSid, sealed(tenantId, accountId, authToken)],
  );
  await world.db.peek(
    "insert into numbers (tenant_id, id, e164, carrier_account_id, name) values ($1, $2, '+17205550199', $3, 'Their line')",
    [tenantId, uuidv7(), accountId],
  );
  await world.db.peek('update carrier_accounts set auth_token_sealed = $2 where id = $1', [
    world.accountId,
    sealed(world.tenantId, world.accountId, world.authToken),
  ]);
  world.core.directory = createNumberDirectory(world.db, sealer);
  const answer = await fetch(`${world.emulator.url}/emulator/api/accounts/${accountSid}`, {
    method: 'PUT',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ carrier: 'twilio', authToken, numbers: [{ e164: '+17205550199' }] }),
  });
  expect(answer.ok).toBe(true);
  return tenantId;
}
