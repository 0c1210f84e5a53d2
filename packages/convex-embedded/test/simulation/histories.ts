import fc from 'fast-check';
import type { Step } from './model.ts';
import type { Happening } from './simulate.ts';

export const CLIENTS = 3;

const key = fc.constantFrom('a', 'b', 'c', 'd');
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ op: fc.constant('add' as const), key, by: fc.integer({ min: 1, max: 9 }) }) },
  { weight: 3, arbitrary: fc.record({ op: fc.constant('move' as const), from: key, to: key }) },
  {
    weight: 3,
    arbitrary: fc.record({ op: fc.constant('sum' as const), low: key, high: fc.constantFrom('c', 'd', 'e') }),
  },
  { weight: 1, arbitrary: fc.record({ op: fc.constant('drop' as const), key }) },
  { weight: 3, arbitrary: fc.record({ op: fc.constant('pause' as const), ticks: fc.integer({ min: 1, max: 40 }) }) },
  { weight: 2, arbitrary: fc.record({ op: fc.constant('nested' as const), key, fails: fc.boolean() }) },
  {
    weight: 1,
    arbitrary: fc.record({ op: fc.constant('refuseAbove' as const), key, limit: fc.integer({ min: 0, max: 300 }) }),
  },
);
const client = fc.nat({ max: CLIENTS - 1 });

/** Random histories of several clients: transactions, syncs, cut sockets, power failures. */
export const histories: fc.Arbitrary<Happening[]> = fc.array(
  fc.oneof(
    {
      weight: 10,
      arbitrary: fc.record({
        what: fc.constant('transact' as const),
        client,
        steps: fc.array(step, { minLength: 1, maxLength: 6 }),
      }),
    },
    { weight: 5, arbitrary: fc.record({ what: fc.constant('turns' as const), count: fc.integer({ min: 1, max: 4 }) }) },
    { weight: 4, arbitrary: fc.constant({ what: 'sync' as const }) },
    { weight: 2, arbitrary: fc.record({ what: fc.constantFrom('cut' as const, 'connect' as const), client }) },
    { weight: 1, arbitrary: fc.record({ what: fc.constant('connect' as const), client }) },
    { weight: 1, arbitrary: fc.record({ what: fc.constant('crash' as const), survives: fc.constantFrom(0, 0.5, 1) }) },
  ),
  { minLength: 5, maxLength: 60 },
);
