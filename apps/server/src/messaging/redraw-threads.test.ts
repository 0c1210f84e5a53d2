import type { HotThread } from '@patchline/contracts/hot-rows';
import { v7 as uuidv7 } from 'uuid';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { redrawThreads } from './redraw-threads.ts';
import { createTestWorld, type TestWorld } from './test-world.ts';

const team = uuidv7();
const mei = { userId: 'mei', name: 'Mei' };
const tom = { userId: 'tom', name: 'Tom', teams: [team] };
const sam = { userId: 'sam', name: 'Sam', role: 'supervisor' as const };

let world: TestWorld;
beforeAll(async () => {
  world = await createTestWorld();
});
afterAll(() => world.close());

const seenBy = async (who: typeof mei) => {
  const { threads } = await world.asAgent<{ threads: HotThread[] }>(who, {
    kind: 'query',
    name: 'inbox:recent',
    args: {},
  });
  return threads.map(({ contact }) => contact.address);
};
const giveNumberTo = async (teamId: string | null) => {
  await world.db.withTenant(world.tenantId, async (tx) => {
    await tx.query('insert into teams (tenant_id, id, name) values ($1, $2, $3) on conflict do nothing', [
      world.tenantId,
      team,
      'Repairs',
    ]);
    await tx.query('update numbers set team_id = $2 where tenant_id = $1', [world.tenantId, teamId]);
    await redrawThreads(tx, [world.number]);
  });
  await world.runJobs();
};

test('threads leave the screens of other teams when their number is given to one, and come back with it', async () => {
  const people = Array.from({ length: 4 }, (_, i) => `+1303555${String(4000 + i)}`);
  for (const from of people.slice(0, 3)) await world.text(from, 'hello');
  await world.until('all are shown', async () => (await seenBy(mei)).length === 3);
  const [first = ''] = people;
  const holder = { kind: 'query', name: 'locks:held', args: {} } as const;
  const inbox = { kind: 'query', name: 'inbox:recent', args: {} } as const;
  const { threads } = await world.asAgent<{ threads: HotThread[] }>(mei, inbox);
  const threadId = threads.find(({ contact }) => contact.address === first)?.threadId ?? '';
  const { token } = await world.asAgent<{ token: number }>(mei, {
    kind: 'mutation',
    name: 'locks:take',
    args: { threadId, tabId: 'a' },
  });
  expect(await world.asAgent(tom, holder)).toMatchObject({ locks: [{ threadId }] });

  await giveNumberTo(team);
  expect(await seenBy(mei)).toEqual([]);
  expect((await seenBy(tom)).sort()).toEqual(people.slice(0, 3).sort());
  expect(await seenBy(sam)).toHaveLength(3);
  const renew = { kind: 'mutation', name: 'locks:renew', args: { threadId, tabId: 'a', token } } as const;
  await expect(world.asAgent(mei, renew)).rejects.toMatchObject({ data: { code: 'lock_lost' } });
  expect(await world.asAgent(mei, holder)).toEqual({ locks: [] });
  expect(await world.asAgent(tom, holder)).toMatchObject({ locks: [{ threadId }] });

  await world.text(people[3] ?? '', 'a new one');
  await world.until('the team sees the new text', async () => (await seenBy(tom)).length === 4);
  expect(await seenBy(mei)).toEqual([]);

  await giveNumberTo(null);
  expect(await seenBy(mei)).toHaveLength(4);
});
