#!/usr/bin/env node
/**
 * Everything that must be there before `npm start`, `npm test` and the other scripts: dependencies, the built desk, for tests a browser.
 * Runs before them by npm's `pre` scripts, does only what changed, and waits when another one is at it.
 *
 * Plain JavaScript for Node 20 without dependencies: it runs before there are any.
 *
 *   --tests   also what the tests need from the system
 *   --quiet   say nothing unless something takes long or fails
 */
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { installDependencies } from './setup/dependencies.mjs';
import { buildDesk } from './setup/desk.mjs';
import { withLock } from './setup/lock.mjs';
import { SetupError, say } from './setup/report.mjs';
import { ensureSystemPackages } from './setup/system-packages.mjs';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const words = process.argv.slice(2);
const tests = words.includes('--tests');
const quiet = words.includes('--quiet');

try {
  const [major] = process.versions.node.split('.').map(Number);
  if (major < 20) throw new SetupError(`Patchline needs Node 20 or newer; this is ${process.version}.`);
  const did = await withLock(
    path.join(root, '.cache', 'setup.lock'),
    (pid) => say(`Another set-up is running (process ${pid}); waiting for it…`),
    async () => {
      const installed = await installDependencies(root);
      const built = await buildDesk(root);
      const packages = tests ? await ensureSystemPackages() : false;
      return installed || built || packages;
    },
  );
  if (did && !quiet) say('Set-up is done.');
} catch (error) {
  if (!(error instanceof SetupError)) throw error;
  console.error(`\nPatchline's set-up stopped: ${error.message}\n`);
  process.exitCode = 1;
}
