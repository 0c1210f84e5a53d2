import fc from 'fast-check';
import { expect, test } from 'vitest';
import { CLIENTS, histories } from './simulation/histories.ts';
import { type Outcome, simulate } from './simulation/simulate.ts';

/** The long run of the same is bench/proof/hot-tier.proof.ts. */
test('whatever is cut, crashes or runs at the same time: one serial order, consistent views, every acknowledged mutation once', async () => {
  const seed = Number(process.env.HOT_TIER_SEED ?? Math.floor(Math.random() * 2 ** 31));
  console.log(`seed ${seed}: HOT_TIER_SEED=${seed} plays it again`);
  const total: Outcome = { acknowledged: 0, refused: 0, views: 0, crashes: 0, conflicts: 0 };
  await fc.assert(
    fc.asyncProperty(histories, async (history) => {
      const outcome = await simulate(history, CLIENTS);
      for (const name of Object.keys(total) as (keyof Outcome)[]) total[name] += outcome[name];
    }),
    { seed, numRuns: 500, interruptAfterTimeLimit: 7000, markInterruptAsFailure: false },
  );
  // The histories did what they are there for.
  for (const count of Object.values(total)) expect(count).toBeGreaterThan(0);
});
