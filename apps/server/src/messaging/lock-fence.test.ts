import type { HotThread } from '@patchline/contracts/hot-rows';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { acceptOutbound } from './accept-outbound.ts';
import { openThread } from './open-thread.ts';
import { takeOverLock } from './take-over-lock.ts';
import { createTestWorld, type TestWorld } from './test-world.ts';

const mei = { userId: 'mei', name: 'Mei' };
const sam = { userId: 'sam', name: 'Sam' };

let world: TestWorld;
beforeAll(async () => {
  world = await createTestWorld();
});
afterAll(() => world.close());

async function newThread(from: string): Promise<string> {
  await world.text(from, 'hello');
  const { threads } = await world.asAgent<{ threads: HotThread[] }>(mei, {
    kind: 'query',
    name: 'inbox:recent',
    args: {},
  });
  return threads.find((thread) => thread.contact.address === from)?.threadId ?? '';
}
const take = (agent: typeof mei, threadId: string, tabId: string) =>
  world.asAgent<{ token: number }>(agent, { kind: 'mutation', name: 'locks:take', args: { threadId, tabId } });
const send = async (agent: typeof mei, to: string, threadId: string, token: number) => {
  await world.core.hot.claimSend({ tenantId: world.tenantId, threadId, userId: agent.userId, token });
  return world.core.database.withTenant(world.tenantId, (tx) =>
    acceptOutbound(world.core, tx, {
      to,
      from: null,
      body: `from ${agent.name}`,
      mediaIds: [],
      author: null,
      actor: 'test',
      lockToken: token,
    }),
  );
};

test('who holds the thread answers, and who does not is told so', async () => {
  const threadId = await newThread('+13035550161');
  const { token } = await take(mei, threadId, 'tab-1');
  await expect(take(sam, threadId, 'tab-2')).rejects.toMatchObject({
    data: { code: 'thread_locked', holder: { name: 'Mei' } },
  });
  expect((await send(mei, '+13035550161', threadId, token)).status).toBe('accepted');
  await expect(send(sam, '+13035550161', threadId, token)).rejects.toMatchObject({ code: 'lock_lost' });
});

test('after a take-over the former holder can no longer send, and the ledger says who took it', async () => {
  const threadId = await newThread('+13035550162');
  const { token } = await take(mei, threadId, 'tab-1');
  const taken = await takeOverLock(world.core, {
    tenantId: world.tenantId,
    threadId,
    holder: { ...sam, tabId: 'tab-2' },
    actor: 'user:sam',
  });
  expect(taken.token).toBeGreaterThan(token);
  await expect(send(mei, '+13035550162', threadId, token)).rejects.toMatchObject({ code: 'lock_lost' });
  expect((await send(sam, '+13035550162', threadId, taken.token)).status).toBe('accepted');
  const lines = await world.db.peek<{ kind: string; actor: string }>(
    'select kind, actor from audit_entries where subject = $1',
    [threadId],
  );
  expect(lines).toEqual([{ kind: 'lock.taken_over', actor: 'user:sam' }]);
});

test('a claim made before a take-over does not carry a send past it', async () => {
  const threadId = await newThread('+13035550163');
  const { token } = await take(mei, threadId, 'tab-1');
  await world.core.hot.claimSend({ tenantId: world.tenantId, threadId, userId: 'mei', token });
  await takeOverLock(world.core, {
    tenantId: world.tenantId,
    threadId,
    holder: { ...sam, tabId: 't' },
    actor: 'user:sam',
  });
  const late = world.core.database.withTenant(world.tenantId, (tx) =>
    acceptOutbound(world.core, tx, {
      to: '+13035550163',
      from: null,
      body: 'late',
      mediaIds: [],
      author: null,
      actor: 'test',
      lockToken: token,
    }),
  );
  await expect(late).rejects.toMatchObject({ code: 'lock_lost' });
});

test('a thread that the hot tier does not know is filled by opening it', async () => {
  await world.text('+13035550164', 'one');
  const [row] = await world.db.peek<{ id: string }>('select id from threads where their_address = $1', [
    '+13035550164',
  ]);
  const threadId = row?.id ?? '';
  await openThread(world.core, world.tenantId, threadId);
  await openThread(world.core, world.tenantId, threadId);
  const open = await world.asAgent<{ messages: unknown[] }>(mei, {
    kind: 'query',
    name: 'smsMessages:forThread',
    args: { threadId },
  });
  expect(open.messages).toHaveLength(1);
});
