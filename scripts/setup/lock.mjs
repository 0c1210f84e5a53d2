import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startTime } from '../../apps/server/src/supervisor/process-identity.mjs';
import { SetupError } from './report.mjs';

/**
 * Runs `work` while no other process does. The lock file holds the owner's process number and start time, so that a file left by a killed
 * process, or a number given to another one since, does not lock for ever.
 * @param {string} file
 * @param {(pid: number) => void} onWait called once when another process has the lock.
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 * @template T
 */
export async function withLock(file, onWait, work) {
  try {
    mkdirSync(path.dirname(file), { recursive: true });
  } catch (error) {
    throw new SetupError(
      `${path.dirname(file)} cannot be written (${error.code}). Give this folder to the user who runs npm.`,
    );
  }
  const mine = JSON.stringify({ pid: process.pid, started: startTime(process.pid) });
  for (let waiting = false; ; ) {
    try {
      writeFileSync(file, mine, { flag: 'wx' });
      break;
    } catch (error) {
      if (error.code !== 'EEXIST') throw error;
    }
    const owner = ownerOf(file);
    if (owner === undefined) {
      rmSync(file, { force: true });
      continue;
    }
    if (!waiting) onWait(owner);
    waiting = true;
    await sleep(200);
  }
  const release = () => rmSync(file, { force: true });
  const releaseAndGo = (signal) => {
    release();
    process.kill(process.pid, signal);
  };
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'];
  for (const signal of signals) process.once(signal, releaseAndGo);
  try {
    return await work();
  } finally {
    for (const signal of signals) process.removeListener(signal, releaseAndGo);
    release();
  }
}

/** The process that holds the lock, or undefined when the file is stale or gone. */
function ownerOf(file) {
  let owner;
  try {
    owner = JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    if (error.code === 'ENOENT') return undefined;
    // Between creation and writing the file is empty for a moment; one that stays so is checked by its age.
    return freshlyMade(file) ? 0 : undefined;
  }
  const began = startTime(owner.pid);
  return began !== null && began === owner.started ? owner.pid : undefined;
}

const firstSeenEmpty = new Map();
function freshlyMade(file) {
  const seen = firstSeenEmpty.get(file) ?? Date.now();
  firstSeenEmpty.set(file, seen);
  return Date.now() - seen < 2_000;
}
