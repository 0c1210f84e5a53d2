import type { HotThread } from '@patchline/contracts/hot-rows';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestWorld, type TestWorld } from './test-world.ts';

const mei = { userId: 'mei', name: 'Mei' };
const recent = { kind: 'query', name: 'inbox:recent', args: {} } as const;

let world: TestWorld;
beforeAll(async () => {
  world = await createTestWorld();
});
afterAll(() => world.close());

const outboxSize = async () =>
  Number((await world.db.peek<{ n: string }>('select count(*) as n from hot_outbox'))[0]?.n);
const shown = async (from: string) =>
  (await world.asAgent<{ threads: HotThread[] }>(mei, recent)).threads.find(({ contact }) => contact.address === from);

test('a row that the hot tier cannot take does not hold up the texts behind it', async () => {
  await world.db.peek(
    `insert into hot_outbox (tenant_id, kind, entity_id, version, row, process_id)
     values ($1, 'thread', gen_random_uuid(), 1, '{"no": "thread"}', $2)`,
    [world.tenantId, world.core.processId],
  );
  await world.text('+13035550171', 'Does this arrive?');
  await world.until('the text is shown', () => shown('+13035550171'));
  await world.until('nothing is left to push', async () => (await outboxSize()) === 0);
});

test('what a dead process left in the outbox is pushed by another', async () => {
  await world.text('+13035550172', 'first');
  const before = await shown('+13035550172');
  await world.db.peek(
    `insert into hot_outbox (tenant_id, kind, entity_id, version, row, process_id, created_at)
     values ($1, 'thread', $2, $3, $4, gen_random_uuid(), now() - interval '1 minute')`,
    [
      world.tenantId,
      before?.threadId,
      (before?.version ?? 0) + 1,
      JSON.stringify({ ...before, tenantId: world.tenantId, version: (before?.version ?? 0) + 1, unread: 7 }),
    ],
  );
  await world.until('it is pushed', async () => (await shown('+13035550172'))?.unread === 7);
});

test('STOP shows on every screen at once that the person may not be texted, and START that they may', async () => {
  await world.text('+13035550173', 'hello');
  expect((await shown('+13035550173'))?.smsOff).toBe(false);
  await world.text('+13035550173', 'STOP');
  expect((await shown('+13035550173'))?.smsOff).toBe(true);
  await world.text('+13035550173', 'thanks');
  expect((await shown('+13035550173'))?.smsOff).toBe(true);
  await world.text('+13035550173', 'START');
  expect((await shown('+13035550173'))?.smsOff).toBe(false);
});
