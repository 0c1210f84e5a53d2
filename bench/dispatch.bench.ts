import type { Bench } from './bench.ts';
import { countTexts, registerAccount, startEmulatorProcess } from './dispatch/carrier.ts';
import { bareRound, dispatchRound, type Round } from './dispatch/sides.ts';
import { startDispatchWorld } from './dispatch/world.ts';

/** Rounds of each side, in turns; the first of each warms up and is not counted. */
const ROUNDS = 5;

/** Texts of a round for each second of `--seconds`: all rounds together take about that long a side. */
const TEXTS_PER_SECOND = 150;

export const bench: Bench = {
  description:
    'accepted text → policy, attempt row, official client, emulator, outcome; beside the same client in a bare loop with as many commits',
  async run({ seconds, log }) {
    const texts = Math.max(200, Math.round(seconds * TEXTS_PER_SECOND));
    const emulator = await startEmulatorProcess();
    const world = await startDispatchWorld(emulator);
    try {
      await registerAccount(emulator, {
        accountSid: world.account.accountRef,
        authToken: world.account.authTokens[0] ?? '',
        number: world.number,
      });
      const ours: Round[] = [];
      const bare: Round[] = [];
      const bareOfTwo: Round[] = [];
      for (let round = 0; round <= ROUNDS; round++) {
        const mine = await dispatchRound(world, texts);
        const floor = await bareRound(world, emulator, { texts, commitsPerSend: mine.commitsPerSend });
        const two = await bareRound(world, emulator, { texts, commitsPerSend: 2 });
        if ((await countTexts(emulator)) !== 3 * texts * (round + 1)) throw new Error('The emulator missed a text');
        if (round === 0) continue;
        ours.push(mine);
        bare.push(floor);
        bareOfTwo.push(two);
        log(
          `round ${round}: ${mine.perSecond.toFixed(0)}/s, bare ${floor.perSecond.toFixed(0)}/s, bare with two commits a text ${two.perSecond.toFixed(0)}/s`,
        );
      }
      const ratios = ours.map((mine, i) => mine.perSecond / (bare[i]?.perSecond ?? Number.NaN));
      return {
        rows: [
          row('Patchline', ours),
          row('bare loop, as many commits', bare),
          row('bare loop, two commits a text', bareOfTwo),
          {
            what: 'ratio to the first (aim: at least 0.6)',
            'sends/s': round2(median(ratios)),
            least: round2(Math.min(...ratios)),
            most: round2(Math.max(...ratios)),
            'commits/send': '',
          },
        ],
        facts: { textsPerRound: texts, rounds: ROUNDS, aimSendsPerSecond: 700, hotTier: 'left out on both sides' },
      };
    } finally {
      await world.stop();
      emulator.stop();
    }
  },
};

function row(what: string, rounds: readonly Round[]) {
  const rates = rounds.map(({ perSecond }) => perSecond);
  return {
    what,
    'sends/s': Math.round(median(rates)),
    least: Math.round(Math.min(...rates)),
    most: Math.round(Math.max(...rates)),
    'commits/send': round2(median(rounds.map(({ commitsPerSend }) => commitsPerSend))),
  };
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? Number.NaN)) / 2;
}

function round2(value: number): number {
  return Math.round(value * 100) / 100;
}
