/**
 * `npm run hot:diff -- --url URL`: plays one random history against the embedded hot tier and a Convex deployment that has
 * `convex/` deployed, and compares. docs/hot-tier.md says how to prepare the deployment.
 *   --seed N    plays a history again; a new one each time otherwise
 *   --steps N   default 200
 *   --key FILE  the private key that signs the tokens of the run; made if missing (default data/hot-diff-key.json)
 */
import path from 'node:path';
import { parseArgs } from 'node:util';
import { startServer } from 'convex-embedded';
import { compare } from './hot-diff/compare.ts';
import { openSigner } from './hot-diff/keys.ts';

const root = path.resolve(import.meta.dirname, '..');
const { values } = parseArgs({
  options: {
    url: { type: 'string' },
    seed: { type: 'string' },
    steps: { type: 'string', default: '200' },
    key: { type: 'string', default: path.join(root, 'data/hot-diff-key.json') },
  },
});
const signer = await openSigner(values.key);

if (values.url === undefined) {
  console.log('Prepare a deployment that holds nothing of value (its variables are replaced), then pass its --url:\n');
  console.log('  npx convex deploy');
  for (const [name, value] of Object.entries(signer.variables)) console.log(`  npx convex env set ${name} '${value}'`);
  process.exit(2);
}

const seed = values.seed === undefined ? Math.floor(Math.random() * 2 ** 31) : Number(values.seed);
const steps = Number(values.steps);
if (!Number.isInteger(seed) || !Number.isInteger(steps) || steps < 1) {
  console.error('--seed and --steps must be whole numbers.');
  process.exit(2);
}
const embedded = await startServer({ dir: path.join(root, 'convex'), env: signer.variables, logger: () => undefined });
try {
  const { difference, ...counts } = await compare([embedded.url, values.url], signer, seed, steps);
  console.log(
    `seed ${seed}: ${counts.steps} calls, of which ${counts.results} gave results, ${counts.refusals} were refused, ${counts.failures} failed`,
  );
  if (difference === null) {
    console.log('Both did the same.');
  } else {
    console.log(`They differ at call ${difference.step}: ${JSON.stringify(difference.call)}`);
    console.log(`  embedded:   ${JSON.stringify(difference.outcomes[0])}`);
    console.log(`  deployment: ${JSON.stringify(difference.outcomes[1])}`);
    process.exitCode = 1;
  }
} finally {
  await embedded.close();
}
