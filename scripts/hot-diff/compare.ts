import { isDeepStrictEqual } from 'node:util';
import { type Call, history } from './history.ts';
import type { Signer } from './keys.ts';
import { Side } from './side.ts';

/** The first call whose outcomes differ. */
export interface Difference {
  step: number;
  call: Call;
  outcomes: [unknown, unknown];
}

export interface Comparison {
  steps: number;
  /** How the calls went: results, refusals with data, other failures. */
  results: number;
  refusals: number;
  failures: number;
  difference: Difference | null;
}

const LIVE_MS = 15_000;

/**
 * Plays one random history against both addresses, call by call, and compares each outcome; at the
 * end, what live queries show. Stops at the first difference.
 */
export async function compare(
  urls: [string, string],
  signer: Signer,
  seed: number,
  steps: number,
): Promise<Comparison> {
  // A tenant of its own: a deployment may be compared again and again.
  const tenant = `hot-diff-${seed}-${Date.now().toString(36)}`;
  const sides = [await Side.open(urls[0], signer, tenant), await Side.open(urls[1], signer, tenant)] as const;
  const comparison: Comparison = { steps: 0, results: 0, refusals: 0, failures: 0, difference: null };
  const watched = [
    { path: 'inbox:recent', args: { limit: 30 } },
    { path: 'locks:held', args: {} },
    { path: 'smsMessages:forThread', args: { threadId: `${tenant}-t0` } },
  ];
  try {
    for (const side of sides) side.watch(watched);
    for (const call of history(seed, steps, tenant)) {
      const outcomes: [unknown, unknown] = [await sides[0].call(call), await sides[1].call(call)];
      comparison.steps++;
      count(comparison, outcomes[0]);
      if (!isDeepStrictEqual(...outcomes)) {
        comparison.difference = { step: comparison.steps, call, outcomes };
        return comparison;
      }
    }
    for (const { path, args } of watched) {
      const call: Call = { caller: 'ana', kind: 'query', path, args };
      const asked = await sides[0].call(call);
      for (const side of sides) {
        const shown = await eventually(() => side.shown(path, args), asked);
        if (!isDeepStrictEqual(shown, asked)) {
          comparison.difference = { step: comparison.steps, call, outcomes: [asked, { live: shown, at: side.url }] };
          return comparison;
        }
      }
    }
    return comparison;
  } finally {
    for (const side of sides) await side.close();
  }
}

function count(comparison: Comparison, outcome: unknown): void {
  const kind = Object.keys(outcome as object)[0];
  if (kind === 'result') comparison.results++;
  else if (kind === 'refused') comparison.refusals++;
  else comparison.failures++;
}

/** Asks until the answer is the expected one; the last answer if it never is. */
async function eventually(ask: () => unknown, expected: unknown): Promise<unknown> {
  const end = Date.now() + LIVE_MS;
  for (;;) {
    const answer = ask();
    if (isDeepStrictEqual(answer, expected) || Date.now() > end) return answer;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
