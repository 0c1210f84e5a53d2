import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { takeLock } from '../src/lock.ts';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'convex-embedded-lock-'));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

test('a data directory that is in use is not opened a second time, and is free again when released', () => {
  const release = takeLock(dir);
  expect(() => takeLock(dir)).toThrow(`is in use by process ${process.pid}`);
  release();
  takeLock(dir)();
});

test('a process that was killed holds nothing, even before its parent has noticed its end', async () => {
  // The shell becomes a process that never asks after its children: the first stays a zombie.
  const parent = spawn('sh', ['-c', 'sleep 1000 & echo $!; exec sleep 1000'], { stdio: ['ignore', 'pipe', 'ignore'] });
  try {
    const [line] = (await once(createInterface(parent.stdout), 'line')) as [string];
    const pid = Number(line);
    const started = statOf(pid)[19];
    writeFileSync(join(dir, 'lock'), JSON.stringify({ pid, started, nonce: 'another' }));
    expect(() => takeLock(dir)).toThrow(`is in use by process ${pid}`);

    process.kill(pid, 'SIGKILL');
    while (statOf(pid)[0] !== 'Z') await new Promise(setImmediate);
    takeLock(dir)();
  } finally {
    parent.kill('SIGKILL');
  }
});

test('a lock cut short by a crash of the machine is taken over', () => {
  writeFileSync(join(dir, 'lock'), '{"pid":');
  takeLock(dir)();
});

/** The fields of /proc/PID/stat from the state on. */
function statOf(pid: number): string[] {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
}
