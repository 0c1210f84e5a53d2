/** `npm run bench`: runs the benches, prints a table each and writes bench/results/NAME.json. bench.ts says how to write one. */
import { globSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { describeMachine } from '../scripts/machine.ts';
import type { Bench } from './bench.ts';

const { values, positionals: wanted } = parseArgs({
  allowPositionals: true,
  options: { seconds: { type: 'string', default: '10' } },
});
const seconds = Number(values.seconds);
if (!(seconds > 0)) throw new Error('--seconds must be a number above 0');

const files = globSync('*.bench.ts', { cwd: import.meta.dirname }).sort();
const names = files.map((file) => path.basename(file, '.bench.ts'));
const chosen = names.filter((name) => wanted.length === 0 || wanted.some((word) => name.includes(word)));
if (chosen.length === 0) {
  console.error(`There is no such bench. There are: ${names.join(', ') || 'none yet'}`);
  process.exitCode = 1;
}

const machine = describeMachine();
console.log(`${machine.cpu}, ${machine.cores} cores, Node ${machine.node}`);
for (const name of chosen) {
  const { bench } = (await import(path.join(import.meta.dirname, `${name}.bench.ts`))) as { bench: Bench };
  console.log(`\n${name}: ${bench.description}`);
  const result = await bench.run({ seconds, log: (line) => console.log(`  ${line}`) });
  console.table(result.rows);
  const file = path.join(import.meta.dirname, 'results', `${name}.json`);
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(
    file,
    `${JSON.stringify({ name, at: new Date().toISOString(), machine, seconds, ...result }, null, 2)}\n`,
  );
}
// A bench's servers and connections may still be closing; its result is written.
process.exit(process.exitCode ?? 0);
