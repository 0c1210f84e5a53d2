import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { reconcileInbound } from './reconcile.ts';
import { createTestWorld, type TestWorld } from './test-world.ts';

let world: TestWorld;
beforeAll(async () => {
  world = await createTestWorld();
});
afterAll(() => world.close());

const control = (path: string, body: unknown) =>
  fetch(`${world.emulator.url}/emulator/api${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });

let people = 0;

const somebody = () => `+1303555${String(4000 + people++)}`;

/**
 * Texts that no webhook brings, at these seconds after one another, counted from `first`. Returns the sender and when it is
 * then, for the carrier.
 */
async function lost(gaps: readonly number[], from = somebody(), first = 0): Promise<{ from: string; now: Date }> {
  await world.faults({ 'webhook:drop': 1 });
  let now = 0;
  for (const [i, seconds] of gaps.entries()) {
    const clock = await control('/clock', { advanceMs: seconds * 1000 });
    expect(clock.ok).toBe(true);
    ({ now } = (await clock.json()) as { now: number });
    const answer = await control(`/handsets/${encodeURIComponent(from)}/messages`, {
      to: world.number,
      body: `${first + i}`,
    });
    expect(answer.status).toBe(201);
  }
  await world.faults({});
  return { from, now: new Date(now + 2_000) };
}

const stored = (from: string) =>
  world.db.peek<{ seq: number; body: string }>(
    'select seq::int, body from messages where their_address = $1 order by seq',
    [from],
  );
const inOrder = (count: number) => Array.from({ length: count }, (_, i) => ({ seq: i + 1, body: `${i}` }));

test('however many texts were missed, each is found once and in the order in which they were sent', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.integer({ min: 0, max: 40 }), { minLength: 1, maxLength: 14 }),
      fc.integer({ min: 1, max: 6 }),
      async (gaps, mostListed) => {
        const { from, now } = await lost(gaps);
        await reconcileInbound(world.core, { mostListed, now });
        expect(await stored(from)).toEqual(inOrder(gaps.length));
        expect(await reconcileInbound(world.core, { mostListed, now })).toBe(0);
      },
    ),
    { numRuns: 12 },
  );
});

test('a carrier that fails in the middle of its list costs time, not texts', async () => {
  const { from, now } = await lost([5, 20, 20, 20, 20, 20, 20, 20]);
  await world.faults({ 'read:500': { probability: 0.2 } });
  let rounds = 0;
  while ((await stored(from)).length < 8) {
    expect(rounds++).toBeLessThan(60);
    await reconcileInbound(world.core, { mostListed: 2, now });
  }
  await world.faults({});
  await reconcileInbound(world.core, { mostListed: 2, now });
  expect(await stored(from)).toEqual(inOrder(8));
});

test('texts that come in while the list is being read are found by the next look, each once and in order', async () => {
  const { from, now } = await lost([5, 20, 20, 20, 20, 20]);
  let sent = 6;
  let latest = now;
  const core = { ...world.core };
  core.carriers = (name) => {
    const carrier = world.core.carriers(name);
    return {
      ...carrier,
      async list(account, filter) {
        const listed = await carrier.list(account, filter);
        ({ now: latest } = await lost([1], from, sent++));
        return listed;
      },
    };
  };
  await reconcileInbound(core, { mostListed: 2, now });
  expect(sent).toBeGreaterThan(8);
  await reconcileInbound(world.core, { mostListed: 2, now: latest });
  expect(await stored(from)).toEqual(inOrder(sent));
});
