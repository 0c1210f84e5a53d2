import type { HotMessage, HotThread } from '@patchline/contracts/hot-rows';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { verifyLedger } from '../platform/audit/verify.ts';
import { reconcileInbound } from './reconcile.ts';
import { createTestWorld, type TestWorld } from './test-world.ts';

const mei = { userId: 'mei', name: 'Mei' };

let world: TestWorld;
beforeAll(async () => {
  world = await createTestWorld();
});
afterAll(() => world.close());

const messages = (their: string) =>
  world.db.peek<{ seq: string; body: string; direction: string; status: string; conversation_id: string }>(
    'select seq, body, direction, status, conversation_id from messages where their_address = $1 order by seq',
    [their],
  );

test('a text from a handset is stored once, in its thread, and told to the hot tier', async () => {
  await world.text('+13035550142', 'Is the furnace man coming?');
  expect(await messages('+13035550142')).toMatchObject([
    { seq: '1', body: 'Is the furnace man coming?', direction: 'inbound', status: 'received' },
  ]);
  const { threads } = await world.asAgent<{ threads: HotThread[] }>(mei, {
    kind: 'query',
    name: 'inbox:recent',
    args: {},
  });
  expect(threads).toMatchObject([
    {
      unread: 1,
      lastSeq: 1,
      status: 'open',
      contact: { address: '+13035550142' },
      lastMessage: { direction: 'inbound' },
    },
  ]);
  const threadId = threads[0]?.threadId;
  const open = await world.asAgent<{ messages: HotMessage[] }>(mei, {
    kind: 'query',
    name: 'smsMessages:forThread',
    args: { threadId },
  });
  expect(open.messages).toMatchObject([{ seq: 1, body: 'Is the furnace man coming?', status: 'received' }]);
});

test('three pictures sent at once land in one conversation, in places 1, 2, 3', async () => {
  await Promise.all(['one', 'two', 'three'].map((body) => world.text('+13035550143', body)));
  const rows = await messages('+13035550143');
  expect(rows.map((row) => row.seq)).toEqual(['1', '2', '3']);
  expect(new Set(rows.map((row) => row.conversation_id)).size).toBe(1);
});

test('a webhook that the carrier repeats is answered like the first and stores nothing new', async () => {
  await world.faults({ 'webhook:duplicate': { probability: 1 } });
  const sid = await world.text('+13035550144', 'only once');
  await world.until('both webhooks were answered', async () => {
    const answer = await fetch(`${world.emulator.url}/emulator/api/requests?limit=200`);
    const text = await answer.text();
    return text.split(sid).length > 2;
  });
  await world.faults({});
  expect(await messages('+13035550144')).toHaveLength(1);
});

test('NUL bytes and broken surrogates in a signed text do not lose it, and its bytes are kept', async () => {
  await world.text('+13035550145', 'before\u0000after');
  expect((await messages('+13035550145'))[0]?.body).toBe('before\uFFFDafter');
  const raw = await world.db.peek<{ body: Buffer }>(
    'select r.body from inbound_raw r join messages m on m.id = r.message_id where m.their_address = $1',
    ['+13035550145'],
  );
  expect(raw[0]?.body.toString()).toContain('before%00after');
});

test('a text whose webhook never came is found by asking the carrier, once', async () => {
  await world.faults({ 'webhook:drop': { probability: 1 } });
  const answer = await fetch(
    `${world.emulator.url}/emulator/api/handsets/${encodeURIComponent('+13035550146')}/messages`,
    {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ to: world.number, body: 'did you get this?' }),
    },
  );
  expect(answer.ok).toBe(true);
  await world.faults({});
  expect(await messages('+13035550146')).toHaveLength(0);
  expect(await reconcileInbound(world.core)).toBe(1);
  expect(await reconcileInbound(world.core)).toBe(0);
  expect(await messages('+13035550146')).toMatchObject([{ body: 'did you get this?', direction: 'inbound' }]);
});

test('a wrong signature, or an account that is not the number’s, is refused and stores nothing', async () => {
  const before = (await world.db.peek('select id from messages')).length;
  const form = new URLSearchParams({
    To: world.number,
    From: '+13035550147',
    Body: 'x',
    AccountSid: world.accountSid,
    MessageSid: 'SM1',
  });
  for (const signature of ['', 'AAAAAAAAAAAAAAAAAAAAAAAAAAA=']) {
    const answer = await fetch(`${world.core.publicUrl}/webhooks/twilio/messages`, {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded', 'x-twilio-signature': signature },
      body: form,
    });
    expect(answer.status).toBe(403);
  }
  expect((await world.db.peek('select id from messages')).length).toBe(before);
});

test('the ledger of all this holds, and a changed line in it is found', async () => {
  await world.linker.linkAll();
  const sound = await verifyLedger(world.db, world.tenantId);
  expect(sound.faults).toEqual([]);
  expect(sound.links).toBeGreaterThan(5);
  expect(sound.unlinked).toBe(0);
  await world.db.peek(`update audit_payloads set payload = replace(payload, 'only once', 'only twice')`);
  expect((await verifyLedger(world.db, world.tenantId)).faults).toMatchObject([{ problem: 'payload_changed' }]);
});

test('the server itself cannot change or delete a line of the ledger', async () => {
  for (const statement of [
    "update audit_entries set kind = 'x'",
    'delete from audit_entries',
    'delete from audit_links',
    "update audit_links set hash = '\\x00'",
    'delete from audit_payloads',
  ]) {
    await expect(
      world.db.withTenant(world.tenantId, (tx) => tx.query(statement)),
      statement,
    ).rejects.toThrow(/permission denied/);
  }
});
