#!/usr/bin/env node
/**
 * `npm start`: the whole product. Any Node from 20 on may run this file; the product itself runs on Node 24.
 */
import { spawn } from 'node:child_process';
import module from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { findNode24, isNewEnough } from './setup/node24.mjs';
import { SetupError } from './setup/report.mjs';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const main = path.join(root, 'apps', 'server', 'src', 'supervisor', 'main.ts');

// Stripping types and compiling is half of a start; the children inherit where its results are kept.
process.env.NODE_COMPILE_CACHE ??= path.join(root, '.cache', 'compile');

if (isNewEnough(process.version)) {
  module.enableCompileCache(process.env.NODE_COMPILE_CACHE);
  await import(main);
} else {
  try {
    // The fourth pipe closes when this process is gone, however it went; the supervisor then ends.
    const child = spawn(findNode24(root), [main, ...process.argv.slice(2)], {
      stdio: ['inherit', 'inherit', 'inherit', 'pipe'],
      env: { ...process.env, PATCHLINE_PARENT_FD: '3' },
    });
    // Ctrl-C reaches the supervisor by itself; this process has only to wait for it.
    process.on('SIGINT', () => undefined);
    for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
    child.on('exit', (code, signal) => {
      process.exitCode = code ?? (signal === 'SIGINT' ? 130 : 1);
    });
  } catch (error) {
    if (!(error instanceof SetupError)) throw error;
    console.error(error.message);
    process.exitCode = 1;
  }
}
