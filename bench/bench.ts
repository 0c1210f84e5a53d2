/**
 * A bench is a file `bench/NAME.bench.ts` that exports `bench`:
 *
 *   export const bench: Bench = {
 *     description: 'inbound texts per second, beside a floor of bare ws',
 *     async run({ seconds, log }) {
 *       return { rows: [{ what: 'patchline', 'texts/s': 1200, 'p99 ms': 14 }], facts: { subscribers: 200 } };
 *     },
 *   };
 *
 * `npm run bench` runs all of them, `npm run bench -- inbound` those whose name has the word.
 */
export type Bench = {
  /** One line, printed above the table. */
  description: string;
  run(context: BenchContext): Promise<BenchResult>;
};

export type BenchContext = {
  /** How long one measurement is to last (`--seconds N`, default 10). */
  seconds: number;
  /** Progress, printed at once. */
  log: (line: string) => void;
};

export type BenchResult = {
  /** Printed as a table; the unit belongs into the column's name. */
  rows: readonly Readonly<Record<string, string | number>>[];
  /** Sizes and settings the numbers hang on; kept in the JSON. */
  facts?: Readonly<Record<string, unknown>>;
};
