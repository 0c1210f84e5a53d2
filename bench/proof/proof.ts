/**
 * A proof is a test too long for `npm test`, in a file `bench/proof/NAME.proof.ts` that exports `proof`:
 *
 *   export const proof: Proof = {
 *     title: 'No acknowledged text is lost when everything is killed',
 *     async run({ log, seed }) {
 *       return { passed: lost === 0, claims: [{ claim: '500 texts, 500 rows', held: true, detail: '…' }], text: 'How it was done…' };
 *     },
 *   };
 *
 * `npm run proof` runs all of them, `npm run proof -- kill` those whose name has the word, and writes docs/proof/NAME.md and NAME.json.
 */
export type Proof = {
  title: string;
  run(context: ProofContext): Promise<ProofResult>;
};

export type ProofContext = {
  /** Replays a run: `--seed N`; a new one each time otherwise. */
  seed: number;
  log: (line: string) => void;
};

export type ProofResult = {
  claims: readonly { claim: string; held: boolean; detail?: string }[];
  /** How it was done, as Markdown. */
  text?: string;
  /** Numbers that belong to it; kept in the JSON. */
  facts?: Readonly<Record<string, unknown>>;
};
