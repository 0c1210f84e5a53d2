import { afterAll, beforeAll, expect, test } from 'vitest';
import { acceptOutbound } from './accept-outbound.ts';
import { requeueSend } from './requeue-send.ts';
import { createTestWorld, type TestWorld } from './test-world.ts';

let world: TestWorld;
beforeAll(async () => {
  world = await createTestWorld();
});
afterAll(() => world.close());

const send = (to: string, body: string, lockToken: number | null = null) =>
  world.core.database.withTenant(world.tenantId, (tx) =>
    acceptOutbound(world.core, tx, { to, from: null, body, mediaIds: [], author: null, actor: 'test', lockToken }),
  );
const statusOf = async (id: string) =>
  (await world.db.peek<{ status: string }>('select status from messages where id = $1', [id]))[0]?.status;
const sentTo = async (e164: string) => (await world.handset(e164)).filter((message) => message.direction !== 'inbound');

test('an answer goes out once and its delivery comes back', async () => {
  const { id, status } = await send('+13035550151', 'We will be there at 8.');
  expect(status).toBe('accepted');
  await world.runJobs();
  await world.until('it was delivered', async () => (await statusOf(id)) === 'delivered');
  expect((await sentTo('+13035550151')).map((message) => message.body)).toEqual(['We will be there at 8.']);
});

test('after STOP nothing is sent, the reason is given in words, and START lifts it', async () => {
  await world.text('+13035550152', 'Stop.');
  const refused = await send('+13035550152', 'One more thing');
  expect(refused.status).toBe('refused');
  expect(refused.decision.reasons.find((reason) => reason.outcome === 'refuse')?.detail).toMatch(
    /asked (on|today).* to stop receiving texts/,
  );
  await world.runJobs();
  expect((await sentTo('+13035550152')).filter((message) => message.body === 'One more thing')).toEqual([]);
  await world.text('+13035550152', 'START');
  expect((await send('+13035550152', 'Welcome back')).status).toBe('accepted');
});

test('a STOP between accepting and sending stops the text', async () => {
  await world.text('+13035550153', 'hello');
  const { id } = await send('+13035550153', 'Too late');
  await world.text('+13035550153', 'STOP');
  await world.runJobs();
  expect(await statusOf(id)).toBe('refused');
  expect((await sentTo('+13035550153')).some((message) => message.body === 'Too late')).toBe(false);
});

test('a call that times out after the carrier took the text is not repeated, and is settled by the carrier’s word', async () => {
  await world.faults({ 'send:disconnect-after-accept': { probability: 1 } });
  const { id } = await send('+13035550154', 'Once, please');
  await world.runJobs();
  await world.faults({});
  await world.until('it was settled', async () => (await statusOf(id)) === 'delivered');
  await requeueSend(world.core, { tenantId: world.tenantId, messageId: id });
  await world.runJobs();
  expect((await sentTo('+13035550154')).map((message) => message.body)).toEqual(['Once, please']);
});

test('a process that dies around the call leaves no second text: whoever takes the job again does not call', async () => {
  const { id } = await send('+13035550155', 'Crash');
  await world.db.peek(
    `insert into send_attempts (tenant_id, id, message_id, process_id) values ($1, gen_random_uuid(), $2, gen_random_uuid())`,
    [world.tenantId, id],
  );
  await world.runJobs();
  expect(await statusOf(id)).toBe('unknown');
  expect(await sentTo('+13035550155')).toEqual([]);
});

test('a definite refusal by the carrier is final and told in words', async () => {
  await world.faults({ 'send:refuse': { probability: 1, code: 21211 } });
  const { id } = await send('+13035550156', 'To nobody');
  await world.runJobs();
  await world.faults({});
  const [row] = await world.db.peek<{ status: string; error_code: string; error_message: string }>(
    'select status, error_code, error_message from messages where id = $1',
    [id],
  );
  expect(row).toMatchObject({ status: 'failed', error_code: '21211' });
  expect(row?.error_message).not.toMatch(/\d{5}/);
});

test('a carrier that says "opted out" sets the flag: the next text is refused here', async () => {
  await world.faults({ 'send:refuse': { probability: 1, code: 21610 } });
  await send('+13035550157', 'first');
  await world.runJobs();
  await world.faults({});
  expect((await send('+13035550157', 'second')).status).toBe('refused');
});

test('an answer under a token below the fence is refused and stores nothing', async () => {
  await world.text('+13035550158', 'hi');
  await send('+13035550158', 'by the second holder', 7);
  await expect(send('+13035550158', 'by the first holder', 6)).rejects.toMatchObject({ code: 'lock_lost' });
  const rows = await world.db.peek('select 1 from messages where their_address = $1', ['+13035550158']);
  expect(rows).toHaveLength(2);
});

test('statuses that come late, twice and out of order never move a message back', async () => {
  await world.faults({ 'webhook:duplicate': { probability: 1 }, 'webhook:reorder': { probability: 0.5, ms: 60 } });
  const sent = await Promise.all(Array.from({ length: 10 }, (_, i) => send('+13035550159', `text ${i}`)));
  await world.runJobs();
  for (const { id } of sent) await world.until('delivered', async () => (await statusOf(id)) === 'delivered');
  await world.faults({});
  const versions = await world.db.peek<{ subject: string; kinds: string[] }>(
    `select subject, array_agg(kind order by id) as kinds from audit_entries
     where subject = any($1) group by subject`,
    [sent.map(({ id }) => id)],
  );
  for (const { kinds } of versions) expect(kinds.at(-1)).toBe('message.delivered');
});
