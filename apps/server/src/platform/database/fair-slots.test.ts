import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createFairSlots, type Release, SlotTimeout } from './fair-slots.ts';

const HOUR = 3_600_000;

test('the single transaction of one company waits for one place, not for the thousand of another', async () => {
  const slots = createFairSlots(4, HOUR);
  const order: string[] = [];
  const held: Release[] = [];
  const take = (key: string) =>
    slots.take(key).then((release) => {
      order.push(key);
      held.push(release);
    });
  const flood = Array.from({ length: 1_000 }, () => take('flood'));
  const settle = () => new Promise(setImmediate);
  await settle();
  expect(order).toEqual(['flood', 'flood']);
  await take('neighbour');
  await take('neighbour');
  const third = take('third');
  await settle();
  expect(order.slice(2)).toEqual(['neighbour', 'neighbour']);
  held.shift()?.();
  await third;
  expect(order).toHaveLength(5);
  while (held.length > 0) {
    held.shift()?.();
    await settle();
  }
  await Promise.all(flood);
  expect(order).toHaveLength(1_003);
});

test('however places are taken and given back, no more are out than there are, and nobody waits while one is free', async () => {
  const step = fc.oneof(
    fc.record({ take: fc.constantFrom('a', 'b', 'c') }),
    fc.record({ giveBack: fc.nat({ max: 20 }) }),
  );
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: 5 }), fc.array(step, { maxLength: 60 }), async (most, steps) => {
      const slots = createFairSlots(most, HOUR);
      const mostEach = Math.max(1, most - 2);
      const held: Array<{ key: string; release: Release }> = [];
      const waiting = new Map<string, number>();
      const of = (key: string) => held.filter((each) => each.key === key).length;
      for (const each of steps) {
        if ('take' in each) {
          const key = each.take;
          waiting.set(key, (waiting.get(key) ?? 0) + 1);
          void slots.take(key).then((release) => {
            waiting.set(key, (waiting.get(key) ?? 0) - 1);
            held.push({ key, release });
          });
        } else held.splice(each.giveBack % Math.max(1, held.length), 1)[0]?.release();
        await new Promise(setImmediate);
        expect(held.length).toBeLessThanOrEqual(most);
        for (const [key, count] of waiting) {
          expect(of(key)).toBeLessThanOrEqual(mostEach);
          if (count > 0) expect(held.length === most || of(key) === mostEach).toBe(true);
        }
      }
    }),
    { numRuns: 200 },
  );
});

test('who waits too long is told, and their place in the row is gone', async () => {
  const slots = createFairSlots(1, 5);
  const release = await slots.take('a');
  await expect(slots.take('a')).rejects.toBeInstanceOf(SlotTimeout);
  release();
  release();
  const again = await slots.take('b');
  await expect(slots.take('a')).rejects.toBeInstanceOf(SlotTimeout);
  again();
});
