import fc from 'fast-check';
import { CLIENTS, histories } from '../../packages/convex-embedded/test/simulation/histories.ts';
import { type Outcome, simulate } from '../../packages/convex-embedded/test/simulation/simulate.ts';
import type { Proof } from './proof.ts';

const HISTORIES = 10_000;
const MOST_MS = 5 * 60_000;

export const proof: Proof = {
  title: 'The hot tier is serializable, consistent and durable under crashes and cut sockets',
  async run({ seed, log }) {
    const total: Outcome = { acknowledged: 0, refused: 0, views: 0, crashes: 0, conflicts: 0 };
    let played = 0;
    const result = await fc.check(
      fc.asyncProperty(histories, async (history) => {
        const outcome = await simulate(history, CLIENTS);
        for (const name of Object.keys(total) as (keyof Outcome)[]) total[name] += outcome[name];
        if (++played % 1000 === 0) log(`${played} histories, ${total.acknowledged} acknowledged transactions`);
      }),
      { seed, numRuns: HISTORIES, interruptAfterTimeLimit: MOST_MS, markInterruptAsFailure: false },
    );
    const held = !result.failed;
    const found = result.failed ? String(result.errorInstance) : undefined;
    const claim = (text: string, detail: string) => ({ claim: text, held, detail: held ? detail : (found ?? '') });
    return {
      claims: [
        claim(
          'what transactions saw is what they see one at a time, in the order of commits',
          `${total.conflicts} conflicts met`,
        ),
        claim(
          'each acknowledged transaction took effect exactly once',
          `${total.acknowledged} of them, ${total.crashes} crashes`,
        ),
        claim('each refused transaction took no effect', `${total.refused} of them`),
        claim('each view of each client is the whole state at one timestamp', `${total.views} views`),
        {
          claim: 'the histories had crashes, conflicts, refusals',
          held: total.crashes * total.conflicts * total.refused > 0,
        },
      ],
      text: [
        `${played} random histories of ${CLIENTS} clients on the runtime behind sockets and files in memory: transactions of`,
        'random reads, writes, range reads, nested mutations and refusals, many begun in the same moment; sockets cut and',
        'opened again; power failures that drop what was not synced. Afterwards everybody comes back and finishes, and all that',
        'anybody saw is compared with a model that runs the transactions one after the other.',
        ...(result.failed
          ? ['', 'The smallest history that breaks it:', '', '```json', JSON.stringify(result.counterexample), '```']
          : []),
      ].join('\n'),
      facts: { histories: played, ...total },
    };
  },
};
