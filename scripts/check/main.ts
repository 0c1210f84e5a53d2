/**
 * `npm run check`: every rule of the house, one line each, in under a minute. Each rule must also find the violations planted for it.
 *   --summary FILE   also writes {"passed": n, "failed": n} for `npm test`
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Project, ROOT } from './project.ts';
import type { Report, Rule } from './rule.ts';
import { RULES } from './rules/index.ts';

const MOST_SHOWN = 25;
const project = Project.read(ROOT);
let passed = 0;
let failed = 0;

// Tools are processes of their own and run beside each other; their lines appear in the order of the rules.
const results = RULES.map((rule) => ({ rule, outcome: judge(rule) }));
for (const { rule, outcome } of results) {
  const { report, problems } = await outcome;
  if (problems.length === 0) passed++;
  else failed++;
  const read = report === null ? '' : `  (${report.read} ${report.unit})`;
  console.log(`${problems.length === 0 ? 'ok    ' : 'FAILED'}  ${rule.name}${read}`);
  for (const line of problems.slice(0, MOST_SHOWN)) console.log(`        ${line}`);
  if (problems.length > MOST_SHOWN) console.log(`        … and ${problems.length - MOST_SHOWN} more`);
}

const plants = RULES.reduce((sum, rule) => sum + (rule.kind === 'source' ? rule.plants.length : 1), 0);
console.log(
  `${passed} rules hold, ${failed} do not; ${plants} planted violations tried (${Math.round(performance.now() / 1000)} s)`,
);
const summary = process.argv.indexOf('--summary');
if (summary !== -1) writeFileSync(process.argv[summary + 1] ?? '', JSON.stringify({ passed, failed }));
process.exitCode = failed === 0 ? 0 : 1;

async function judge(rule: Rule): Promise<{ report: Report | null; problems: string[] }> {
  let report: Report | null = null;
  const problems: string[] = [];
  try {
    report = rule.kind === 'source' ? await rule.check(project) : await rule.check(ROOT);
    problems.push(
      ...report.findings.map(({ file, line, text }) => `${file}${line === undefined ? '' : `:${line}`}  ${text}`),
    );
    if (report.read === 0 && problems.length === 0) problems.push('read nothing, so it shows nothing');
    problems.push(...(await missedPlants(rule)));
  } catch (error) {
    problems.push(error instanceof Error ? (error.stack ?? error.message) : String(error));
  }
  return { report, problems };
}

/** Plants that a rule does not find. */
async function missedPlants(rule: Rule): Promise<string[]> {
  if (rule.kind === 'tool') {
    const folder = mkdtempSync(path.join(tmpdir(), 'patchline-check-'));
    try {
      const file = rule.plant(folder);
      const { findings } = await rule.check(folder);
      return findings.some((finding) => finding.file.endsWith(file))
        ? []
        : [`did not find the violation planted in ${file}`];
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }
  const missed: string[] = [];
  for (const plant of rule.plants) {
    const { findings } = await rule.check(
      rule.plantInto === 'whole project' ? project.with(plant) : project.only(plant),
    );
    const found = findings.some((finding) => finding.file === plant.path || finding.text.includes(plant.path));
    if (!found)
      missed.push(`did not find a planted violation: ${plant.path}: ${plant.text.trim().replaceAll('\n', ' ')}`);
  }
  return missed;
}
