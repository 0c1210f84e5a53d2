import { afterAll, beforeAll, expect, test } from 'vitest';
import { acceptOutbound } from './accept-outbound.ts';
import { settleMessage } from './settle-unknown.ts';
import { createTestWorld, type TestWorld } from './test-world.ts';

let world: TestWorld;
beforeAll(async () => {
  world = await createTestWorld();
});
afterAll(() => world.close());

const send = (to: string, body: string) =>
  world.core.database.withTenant(world.tenantId, (tx) =>
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
const row = async (id: string) =>
  (
    await world.db.peek<{ status: string; error_code: string | null }>(
      'select status, error_code from messages where id = $1',
      [id],
    )
  )[0];
const settle = (messageId: string) => settleMessage(world.core, { tenantId: world.tenantId, messageId, asked: 0 });
const lookBack = (id: string, minutes: number) =>
  world.db.peek('update send_attempts set started_at = started_at - make_interval(mins => $2) where message_id = $1', [
    id,
    minutes,
  ]);
const questionsLeft = async (id: string) =>
  (
    await world.db.peek(
      `select 1 from graphile_worker._private_jobs j join graphile_worker._private_tasks t on t.id = j.task_id
       where t.identifier = 'settle_message' and j.payload ->> 'messageId' = $1 and j.payload ->> 'asked' = '1'`,
      [id],
    )
  ).length;

test('two texts of the same words whose outcome is unknown are told apart by the carrier’s list, and neither is sent again', async () => {
  await world.faults({ 'send:disconnect-after-accept': { probability: 1 }, 'webhook:drop': { probability: 1 } });
  const [first, second] = [await send('+13035550191', 'On our way'), await send('+13035550191', 'On our way')];
  await world.runJobs();
  await world.faults({});
  for (const { id } of [second, first]) await settle(id);
  const ids = await world.db.peek<{ carrier_message_id: string }>(
    'select distinct carrier_message_id from messages where id = any($1) and carrier_message_id is not null',
    [[first.id, second.id]],
  );
  expect(ids).toHaveLength(2);
  expect((await world.handset('+13035550191')).filter(({ direction }) => direction !== 'inbound')).toHaveLength(2);
});

test('a text the carrier never had is not sent again by itself: after ten minutes a person is asked', async () => {
  await world.faults({ 'send:500': { probability: 1 } });
  const { id } = await send('+13035550192', 'Hello?');
  await world.runJobs();
  await world.faults({});
  await settle(id);
  expect(await row(id)).toEqual({ status: 'unknown', error_code: null });
  expect(await questionsLeft(id)).toBeGreaterThan(0);
  await lookBack(id, 10);
  await settle(id);
  expect(await row(id)).toEqual({ status: 'unknown', error_code: 'outcome_unknown' });
  expect(await world.handset('+13035550192')).toEqual([]);
});

test('a carrier that cannot be asked for ten minutes is asked on, and its late answer settles the text', async () => {
  await world.faults({ 'send:disconnect-after-accept': { probability: 1 }, 'webhook:drop': { probability: 1 } });
  const { id } = await send('+13035550193', 'Are you there?');
  await world.runJobs();
  await world.faults({ 'read:500': { probability: 1 }, 'webhook:drop': { probability: 1 } });
  await lookBack(id, 11);
  await settle(id);
  expect(await row(id)).toEqual({ status: 'unknown', error_code: 'outcome_unknown' });
  expect(await questionsLeft(id)).toBeGreaterThan(0);
  await world.faults({});
  await settle(id);
  expect((await row(id))?.error_code).toBeNull();
  expect(['queued', 'sent', 'delivered']).toContain((await row(id))?.status);
});
