import { startProduct } from '../../e2e/harness/product.ts';
import { runStorm } from '../../e2e/harness/storm.ts';
import type { Proof } from './proof.ts';

const TEXTS = 10_000;

export const proof: Proof = {
  title: 'Ten thousand texts each way on a bad day: nothing lost, nothing doubled',
  async run({ seed, log }) {
    const product = await startProduct();
    try {
      const storm = await runStorm(product, { texts: TEXTS, seed, kills: 4, log });
      const claim = (words: string, count: number) => ({ claim: words, held: count === 0, detail: `${count}` });
      return {
        claims: [
          claim('texts that came in and were lost', storm.lostInbound),
          claim('texts that came in and were stored twice', storm.doubledInbound),
          claim('threads with a gap in their order', storm.brokenOrder),
          claim('texts that went out twice', storm.sentTwice),
          claim('texts without an outcome', storm.withoutOutcome),
          claim('texts shown otherwise than they ended', storm.wronglyShown),
        ],
        text: `${TEXTS} texts in and ${TEXTS} out, between 100 handsets and two numbers, half of them over Twilio and half over Telnyx, while the carrier emulator makes 5% of the webhooks twice, never makes 5%, loses the first try of 5%, holds back a fifth so that they overtake each other, cuts 1% of the sends after taking them and answers 1% with 429, and the server is killed five times. Telnyx lists no messages: the webhooks of texts that come in over it are all made, and none is on its way when the server is killed.`,
        facts: { ...storm },
      };
    } finally {
      await product.stop();
    }
  },
};
