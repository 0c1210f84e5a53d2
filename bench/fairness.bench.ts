import { randomUUID } from 'node:crypto';
import { apiOf } from '../e2e/harness/api.ts';
import { type Product, startProduct } from '../e2e/harness/product.ts';
import type { Bench } from './bench.ts';
import { openNeighbour } from './fairness/neighbour.ts';
import { createTexter, flood, trickle } from './inbound/signed-texts.ts';

const ROUNDS = 5;

/** The neighbour's own traffic: texts a second, and as many loads of its inbox. */
const PER_SECOND = 8;

/** A flood, by texts in and out a second; null: as many as the installation takes from that many senders at once. */
const FLOODS = [
  { name: '10 texts in and 10 out a second', perSecond: 10 },
  { name: '25 texts in and 25 out a second', perSecond: 25 },
  { name: 'as many as 8 senders each way can', perSecond: null },
] as const;
const SENDERS = 8;

interface Phase {
  live: number[];
  load: number[];
  /** Texts a second that the flood brought, both ways together. */
  flooded: number;
}

export const bench: Bench = {
  description: `one company's inbox, live and by HTTP, while another is flooded with texts in and out, beside the same inbox in quiet; ${ROUNDS} rounds in turns`,
  async run({ seconds, log }) {
    const product = await startProduct();
    try {
      const neighbour = await openNeighbour(product);
      const flooder = await openFlooder(product);
      let first = 1_000_000;
      const measure = async (perSecond: number | null | 'none'): Promise<Phase> => {
        const [own, base] = [first, first + 100_000];
        first += 1_000_000;
        const load: number[] = [];
        let ended = false;
        const flooding = perSecond === 'none' ? Promise.resolve(0) : flooder.run(perSecond, seconds, base);
        const loading = (async () => {
          while (!ended) {
            load.push(await neighbour.loadInbox());
            await new Promise((resolve) => setTimeout(resolve, 1000 / PER_SECOND));
          }
        })();
        await trickle((n) => neighbour.text(n), { perSecond: PER_SECOND, seconds, first: own });
        const flooded = (await flooding) / seconds;
        await new Promise((resolve) => setTimeout(resolve, 500));
        ended = true;
        await loading;
        return { live: neighbour.takeDelays(), load, flooded };
      };

      await measure('none');
      await measure(FLOODS[0].perSecond);
      const rows: Array<Record<string, string | number>> = [];
      for (const { name, perSecond } of FLOODS) {
        const pairs: Array<{ quiet: Phase; busy: Phase }> = [];
        for (let round = 1; round <= ROUNDS; round++) {
          const pair = { quiet: await measure('none'), busy: await measure(perSecond) };
          pairs.push(pair);
          log(
            `${name}, round ${round}: live ${median(pair.quiet.live).toFixed(1)} → ${median(pair.busy.live).toFixed(1)} ms, inbox ${median(pair.quiet.load).toFixed(1)} → ${median(pair.busy.load).toFixed(1)} ms`,
          );
        }
        rows.push(
          row(name, 'text to screen', pairs, ({ live }) => live),
          row(name, 'inbox page', pairs, ({ load }) => load),
        );
      }
      flooder.close();
      neighbour.close();
      return { rows, facts: { rounds: ROUNDS, neighbourPerSecond: PER_SECOND, aim: 'ratio of medians at most 1.2' } };
    } finally {
      await product.stop();
    }
  },
};

/** The demo's company, to which texts come and which sends as many, over its API key. */
async function openFlooder(product: Product) {
  const [number] = product.demo.numbers;
  if (number?.carrier !== 'twilio') throw new Error('The demo has no number at Twilio');
  const target = { url: `${product.demo.url}/webhooks/twilio/messages`, number: number.e164, ...number };
  const texter = createTexter(target, 64);
  const api = await apiOf(product.demo);
  const send = async (n: number) => {
    const { status } = await api.send(`+1303557${String(n % 2000).padStart(4, '0')}`, `Flood ${n}`, randomUUID());
    if (status !== 201) throw new Error(`A text out was answered ${status}`);
  };
  return {
    /** Texts that were taken, both ways. */
    async run(perSecond: number | null, seconds: number, base: number): Promise<number> {
      const ways = [texter.text, send].map((way) =>
        perSecond === null
          ? flood(way, { parallel: SENDERS, seconds, first: base }).then((rate) => rate * seconds)
          : trickle(way, { perSecond, seconds, first: base }).then(() => perSecond * seconds),
      );
      const taken = await Promise.all(ways);
      return taken.reduce((sum, one) => sum + one, 0);
    },
    close: () => texter.close(),
  };
}

function row(
  flooded: string,
  what: string,
  pairs: ReadonlyArray<{ quiet: Phase; busy: Phase }>,
  of: (phase: Phase) => number[],
) {
  const ratios = pairs.map(({ quiet, busy }) => median(of(busy)) / median(of(quiet)));
  return {
    'flood of another company': flooded,
    'texts/s': round(median(pairs.map(({ busy }) => busy.flooded))),
    what,
    'quiet, median ms': round(median(pairs.flatMap(({ quiet }) => of(quiet)))),
    'flooded, median ms': round(median(pairs.flatMap(({ busy }) => of(busy)))),
    'flooded, p99 ms': round(
      percentile(
        pairs.flatMap(({ busy }) => of(busy)),
        0.99,
      ),
    ),
    ratio: round(median(ratios)),
    least: round(Math.min(...ratios)),
    most: round(Math.max(...ratios)),
  };
}

const median = (values: readonly number[]) => percentile(values, 0.5);

function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
