import fc from 'fast-check';
import { expect, test } from 'vitest';
import { IntervalIndex } from './interval-index.ts';

const bound = fc.integer({ min: 0, max: 60 }).map((n) => String.fromCharCode(32 + n));
const step = fc.record({ low: bound, high: bound, owner: fc.nat({ max: 20 }), keep: fc.boolean() });

test('a write finds exactly the queries whose ranges hold it', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 200 }), fc.array(bound, { maxLength: 20 }), (steps, keys) => {
      const index = new IntervalIndex<number>();
      const model = new Set<string>();
      for (const { low, high, owner } of steps) {
        index.add(low, high, owner);
        if (low < high) model.add(JSON.stringify([low, high, owner]));
      }
      for (const { low, high, owner, keep } of steps) {
        if (keep) continue;
        index.remove(low, high, owner);
        model.delete(JSON.stringify([low, high, owner]));
      }
      for (const key of keys) {
        const found = new Set<number>();
        index.find(key, found);
        const expected = new Set<number>();
        for (const entry of model) {
          const [low, high, owner] = JSON.parse(entry) as [string, string, number];
          if (key >= low && key < high) expected.add(owner);
        }
        expect([...found].sort()).toEqual([...expected].sort());
      }
    }),
    { numRuns: 200 },
  );
});
