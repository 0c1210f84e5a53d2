import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Product, startProduct } from './harness/product.ts';
import { runStorm } from './harness/storm.ts';

const SEED = Number(process.env.STORM_SEED ?? 20_261_120);
const TEXTS = 1_000;

let product: Product;
beforeAll(async () => {
  product = await startProduct();
});
afterAll(() => product?.stop());

test(`${TEXTS} texts each way through duplicates, losses, reordering, cut connections and restarts: nothing lost, nothing doubled`, async () => {
  console.log(`seed ${SEED}`);
  expect(await runStorm(product, { texts: TEXTS, seed: SEED, kills: 2 })).toEqual({
    lostInbound: 0,
    doubledInbound: 0,
    brokenOrder: 0,
    sentTwice: 0,
    withoutOutcome: 0,
    wronglyShown: 0,
  });
}, 400_000);
