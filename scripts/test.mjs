#!/usr/bin/env node
/**
 * `npm test`: the rules of the house, then all tests; the last line is `N passed, N failed`. Exit code 1 when anything failed.
 *   npm test                     everything
 *   npm test -- inbound fence    only tests whose file name has one of these words
 * Any Node from 20 on may run this file; the tests themselves run on Node 24.
 */
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { findNode24 } from './setup/node24.mjs';
import { SetupError } from './setup/report.mjs';
import { findChromium } from './setup/system-packages.mjs';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
/** Longer than any step takes on two slow cores; a step that hangs must not keep the result from being told. */
const STEP_WITHIN = 15 * 60_000;

const words = process.argv.slice(2);
const folder = mkdtempSync(path.join(tmpdir(), 'patchline-results-'));
const total = { passed: 0, failed: 0 };
const began = Date.now();

try {
  const node = findNode24(root);
  if (words.length === 0) await step('Rules of the house', () => check(node));
  await step('Unit and integration tests', () => vitest(node, ['pure', 'server']));
  await step('Browser tests', () => browserTests(node));
} catch (error) {
  if (!(error instanceof SetupError)) throw error;
  console.error(error.message);
  total.failed++;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
console.log(`\nAll of it took ${Math.round((Date.now() - began) / 1000)} s.`);
console.log(`${total.passed} passed, ${total.failed} failed`);
process.exitCode = total.failed === 0 ? 0 : 1;

async function step(name, work) {
  console.log(`\n── ${name} ${'─'.repeat(Math.max(0, 70 - name.length))}\n`);
  const { passed, failed } = await work();
  total.passed += passed;
  total.failed += failed;
}

async function check(node) {
  const summary = path.join(folder, 'check.json');
  const code = await run(node, ['scripts/check/main.ts', '--summary', summary]);
  return existsSync(summary) ? readJson(summary) : { passed: 0, failed: code === 0 ? 0 : 1 };
}

async function browserTests(node) {
  if (findChromium() !== undefined) return vitest(node, ['browser']);
  if (words.length > 0) return { passed: 0, failed: 0 };
  console.error(
    'There is no Chromium. On Debian: apt-get install chromium. Elsewhere any Chromium or Chrome on the PATH will do.',
  );
  return { passed: 0, failed: 1 };
}

async function vitest(node, projects) {
  const results = path.join(folder, `${projects.join('-')}.json`);
  const code = await run(node, [
    'node_modules/vitest/vitest.mjs',
    'run',
    ...projects.flatMap((project) => ['--project', project]),
    ...['--reporter=default', '--reporter=json', `--outputFile.json=${results}`],
    ...(words.length > 0 ? ['--passWithNoTests', ...words] : []),
  ]);
  if (!existsSync(results)) return { passed: 0, failed: code === 0 && words.length > 0 ? 0 : 1 };
  const { numPassedTests, numFailedTests, testResults } = readJson(results);
  // A file that cannot even be loaded has no tests to count.
  const broken = testResults.filter(
    (file) => file.status === 'failed' && !file.assertionResults.some(({ status }) => status === 'failed'),
  );
  const failed = numFailedTests + broken.length;
  // An error outside any test (a rejected promise nobody waited for) shows only in the exit code.
  return { passed: numPassedTests, failed: failed === 0 && code !== 0 ? 1 : failed };
}

function run(program, args) {
  return new Promise((resolve) => {
    const child = spawn(program, args, { cwd: root, stdio: ['ignore', 'inherit', 'inherit'] });
    const limit = setTimeout(() => {
      console.error(`This step took longer than ${STEP_WITHIN / 60_000} minutes and is ended.`);
      child.kill('SIGKILL');
    }, STEP_WITHIN);
    child.once('error', (error) => {
      console.error(error.message);
      clearTimeout(limit);
      resolve(null);
    });
    child.once('close', (code) => {
      clearTimeout(limit);
      resolve(code);
    });
  });
}

function readJson(file) {
  return JSON.parse(readFileSync(file, 'utf8'));
}
