import { spawn } from 'node:child_process';

/**
 * Runs a program to its end, keeping what it prints.
 * @returns {Promise<{code: number | null, output: string}>} code is null when it could not be started or was killed.
 */
export function run(program, words, { cwd, env = process.env } = {}) {
  return new Promise((resolve) => {
    const child = spawn(program, words, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text) => {
        output += text;
      });
    }
    child.once('error', (error) => resolve({ code: null, output: `${output}${error.message}` }));
    child.once('close', (code) => resolve({ code, output }));
  });
}

/** The last lines of an output, indented, for an error message. */
export function tail(output, lines = 15) {
  const kept = output.trim().split('\n').slice(-lines);
  return kept.map((line) => `    ${line}`).join('\n');
}
