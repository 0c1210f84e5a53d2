import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { ConvexHttpClient } from 'convex/browser';
import { expect, test } from 'vitest';
import { m, q } from './api.ts';
import { FUNCTIONS, onEnd } from './harness.ts';

const CLI = fileURLToPath(new URL('../src/cli.ts', import.meta.url));

function run(args: string[]): ChildProcess {
  const child = spawn(process.execPath, [CLI, '--dir', FUNCTIONS, '--port', '0', ...args], { stdio: 'pipe' });
  onEnd(() => {
    child.kill('SIGKILL');
  });
  return child;
}

const exited = (child: ChildProcess) =>
  new Promise<number | null>((resolve) => child.once('exit', (code) => resolve(code)));

function ready(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let errors = '';
    child.stderr?.on('data', (data) => {
      errors += data;
    });
    createInterface({ input: child.stdout as NodeJS.ReadableStream }).on('line', (line) => {
      const url = /http:\S+/.exec(line)?.[0];
      if (url) resolve(url);
    });
    child.once('exit', (code) => reject(new Error(`exit ${code}: ${errors}`)));
  });
}

function directory(): string {
  const dir = mkdtempSync(join(tmpdir(), 'convex-embedded-'));
  onEnd(() => rmSync(dir, { recursive: true, force: true }));
  return dir;
}

test('kill -9 loses no acknowledged mutation, over and over', async () => {
  const data = directory();
  let acknowledged = 0;
  let sent = 0;
  for (let round = 0; round < 2; round++) {
    const child = run(['--data', data]);
    const url = await ready(child);
    const value = await new ConvexHttpClient(url).query(q<number>('counters:get'), { name: 'k' });
    expect(value).toBeGreaterThanOrEqual(acknowledged);
    expect(value).toBeLessThanOrEqual(sent);
    acknowledged = value;
    const enough = acknowledged + 40;
    const work = async () => {
      const http = new ConvexHttpClient(url, { logger: false });
      for (;;) {
        sent++;
        await http.mutation(m('counters:add'), { name: 'k', by: 1 });
        if (++acknowledged === enough) child.kill('SIGKILL');
      }
    };
    const over = exited(child);
    await Promise.allSettled([work(), work(), work(), work()]);
    await over;
  }
  const url = await ready(run(['--data', data]));
  const value = await new ConvexHttpClient(url).query(q<number>('counters:get'), { name: 'k' });
  expect(value).toBeGreaterThanOrEqual(acknowledged);
  expect(value).toBeLessThanOrEqual(sent);
}, 60_000);

test('a second server on the same directory is refused, and one after a clean stop is not', async () => {
  const data = directory();
  const first = run(['--data', data]);
  await ready(first);
  await expect(ready(run(['--data', data]))).rejects.toThrow(/in use by process/);
  const over = exited(first);
  first.kill('SIGTERM');
  expect(await over).toBe(0);
  await ready(run(['--data', data]));
});

test('the server ends when the process that started it does', async () => {
  const child = run(['--exit-with-stdin']);
  await ready(child);
  const over = exited(child);
  child.stdin?.end();
  expect(await over).toBe(0);
});

test('a command line that makes no sense is refused in words, not with a stack', async () => {
  await expect(ready(run(['--prot', '1']))).rejects.toThrow(/^exit 1: Unknown option '--prot'.*\nSee .* --help\.\n$/);
});

test('the variables of a file reach the functions as in other programs that read such files', async () => {
  const file = join(directory(), 'variables');
  writeFileSync(file, '# a comment\nexport PLAIN=a=b\nCONVEX_CLOUD_URL="one\\ntwo" # and this\n');
  const url = await ready(run(['--env-file', file]));
  const [address] = await new ConvexHttpClient(url).query(q<string[]>('values:address'), {});
  expect(address).toBe('one\ntwo');
});

test('a folder that cannot be run says why', async () => {
  const child = spawn(process.execPath, [CLI, '--dir', '/nonexistent', '--port', '0'], { stdio: 'pipe' });
  await expect(ready(child)).rejects.toThrow(/functions folder .* cannot be read/);
});
