import type { BusinessHours } from '@patchline/domain/business-hours';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { createTestWorld, type TestWorld } from './test-world.ts';

let world: TestWorld;
beforeAll(async () => {
  world = await createTestWorld();
});
afterAll(() => world.close());

const never: BusinessHours = { timeZone: 'America/Denver', week: [], holidays: [] };
const always: BusinessHours = {
  ...never,
  week: [1, 2, 3, 4, 5, 6, 7].map((day) => ({ day, from: '00:00', to: '24:00' })),
};

async function set(hours: BusinessHours | null, reply: string | null): Promise<void> {
  await world.db.peek('update numbers set business_hours = $1, closed_reply = $2', [JSON.stringify(hours), reply]);
  // What the directory remembers of a number is forgotten when a signature fails; here nothing fails, so it is asked anew.
  for (const { e164 } of await world.db.peek<{ e164: string }>('select e164 from numbers')) {
    await world.core.directory.find(e164, { fresh: true });
  }
}

const answers = async (their: string) => {
  await world.runJobs();
  const rows = await world.db.peek<{ body: string }>(
    `select body from messages where their_address = $1 and direction = 'outbound' order by seq`,
    [their],
  );
  return rows.map(({ body }) => body);
};
const unread = async (their: string) =>
  (await world.db.peek<{ unread: number }>('select unread from threads where their_address = $1', [their]))[0]?.unread;

beforeEach(() => set(never, 'We are closed and open {opens}.'));

test('who texts outside the hours is told so once, and the thread still waits for a person', async () => {
  await world.text('+13035550801', 'Anybody there?');
  expect(await answers('+13035550801')).toEqual(['We are closed and open later.']);
  await expect
    .poll(async () => (await world.handset('+13035550801')).map(({ body }) => body))
    .toContain('We are closed and open later.');
  await world.text('+13035550801', 'Hello?');
  expect(await answers('+13035550801')).toHaveLength(1);
  expect(await unread('+13035550801')).toBe(2);

  await world.db.peek(`update threads set closed_reply_at = now() - interval '13 hours'`);
  await world.text('+13035550801', 'The next day');
  expect(await answers('+13035550801')).toHaveLength(2);
});

test('nobody is told that we are closed while we are open, or when nothing is to be said', async () => {
  await set(always, 'We are closed.');
  await world.text('+13035550802', 'one');
  await set(null, 'We are closed.');
  await world.text('+13035550802', 'two');
  await set(never, null);
  await world.text('+13035550802', 'three');
  expect(await answers('+13035550802')).toEqual([]);
});

test('STOP gets no automatic answer of ours, neither then nor later', async () => {
  await world.text('+13035550803', 'STOP');
  await world.text('+13035550803', 'why do you still text me');
  const rows = await world.db.peek(
    `select 1 from messages where their_address = '+13035550803' and direction = 'outbound'`,
  );
  expect(rows).toEqual([]);
});

test('three texts at the same moment are answered once', async () => {
  await Promise.all(['one', 'two', 'three'].map((body) => world.text('+13035550804', body)));
  expect(await answers('+13035550804')).toHaveLength(1);
});

test('the automatic answer stands in the ledger as nobody’s', async () => {
  await world.text('+13035550805', 'Anybody there?');
  const [entry] = await world.db.peek<{ actor: string; payload: string }>(
    `select e.actor, p.payload from audit_entries e join audit_payloads p on p.entry_id = e.id
     where e.kind = 'message.accepted' and p.payload like '%+13035550805%'`,
  );
  expect(entry?.actor).toBe('system');
  expect(JSON.parse(entry?.payload ?? '{}')).toMatchObject({ lane: 'automatic' });
});
