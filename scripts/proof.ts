/** `npm run proof`: runs the long tests and writes what they showed to docs/proof. bench/proof/proof.ts says how to write one. */
import { globSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import type { Proof, ProofResult } from '../bench/proof/proof.ts';
import { describeMachine } from './machine.ts';

const root = path.resolve(import.meta.dirname, '..');
const folder = path.join(root, 'bench/proof');
const { values, positionals: wanted } = parseArgs({ allowPositionals: true, options: { seed: { type: 'string' } } });
const seed = values.seed === undefined ? Math.floor(Math.random() * 2 ** 31) : Number(values.seed);

const names = globSync('*.proof.ts', { cwd: folder })
  .map((file) => path.basename(file, '.proof.ts'))
  .sort();
const chosen = names.filter((name) => wanted.length === 0 || wanted.some((word) => name.includes(word)));
if (chosen.length === 0) {
  console.error(`There is no such proof. There are: ${names.join(', ') || 'none yet'}`);
  process.exitCode = 1;
}

let held = 0;
let broken = 0;
for (const name of chosen) {
  const { proof } = (await import(path.join(folder, `${name}.proof.ts`))) as { proof: Proof };
  console.log(`\n${name}: ${proof.title} (seed ${seed})`);
  const began = performance.now();
  const result = await attempt(proof);
  const seconds = Math.round((performance.now() - began) / 1000);
  for (const { claim, held: holds, detail } of result.claims) {
    console.log(`  ${holds ? 'holds ' : 'BROKEN'}  ${claim}${detail === undefined ? '' : ` (${detail})`}`);
    if (holds) held++;
    else broken++;
  }
  write(name, proof, result, seconds);
}
console.log(`\n${held} passed, ${broken} failed`);
process.exit(broken === 0 && chosen.length > 0 ? 0 : 1);

async function attempt(proof: Proof): Promise<ProofResult> {
  try {
    return await proof.run({ seed, log: (line) => console.log(`  ${line}`) });
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error);
    console.error(error);
    return { claims: [{ claim: 'ran to its end', held: false, detail }] };
  }
}

function write(name: string, { title }: Proof, result: ProofResult, seconds: number): void {
  const machine = describeMachine();
  const at = new Date().toISOString();
  const rows = result.claims.map(
    ({ claim, held: holds, detail = '' }) => `| ${holds ? 'holds' : '**broken**'} | ${claim} | ${detail} |`,
  );
  const page = [
    `# ${title}`,
    '',
    `Written by \`npm run proof -- ${name} --seed ${seed}\` on ${at.slice(0, 10)} (${machine.cores} cores, Node ${machine.node}, ${seconds} s).`,
    '',
    '| | claim | detail |',
    '|---|---|---|',
    ...rows,
    ...(result.text === undefined ? [] : ['', result.text.trim()]),
    '',
  ];
  const place = path.join(root, 'docs/proof');
  mkdirSync(place, { recursive: true });
  writeFileSync(path.join(place, `${name}.md`), page.join('\n'));
  writeFileSync(
    path.join(place, `${name}.json`),
    `${JSON.stringify({ name, title, at, seed, seconds, machine, ...result }, null, 2)}\n`,
  );
}
