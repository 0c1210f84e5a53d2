/**
 * What an earlier PostgreSQL left in its data folder.
 *
 * `postmaster.pid` survives a SIGKILL. PostgreSQL itself only asks whether some process has that number, and numbers come back (in
 * containers after every restart), so here the process is looked at: is it a PostgreSQL, and of this folder?
 */
import { spawnSync } from 'node:child_process';
import { readFileSync, readlinkSync, realpathSync, rmSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

export type PidFile = { pid: number; socketDir: string; ready: boolean };

export function readPidFile(folder: string): PidFile | null {
  let text: string;
  try {
    text = readFileSync(`${folder}/postmaster.pid`, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
  const lines = text.split('\n');
  return { pid: Number(lines[0]), socketDir: lines[4] ?? '', ready: lines[7]?.trim() === 'ready' };
}

/**
 * Ends a server that still runs on the folder (its supervisor was killed, or it is about to end by itself) and removes a stale pid file.
 * @param patience milliseconds for an orderly end before it is told to drop everything.
 */
export async function clearLeftover(folder: string, log: (line: string) => void, patience = 10_000): Promise<void> {
  const found = readPidFile(folder);
  if (found === null) return;
  if (isPostgresOf(found.pid, folder)) {
    log(`ending the PostgreSQL (process ${found.pid}) that an earlier start left behind`);
    const began = Date.now();
    signal(found.pid, 'SIGINT');
    let insisted = false;
    while (isPostgresOf(found.pid, folder)) {
      if (!insisted && Date.now() - began > patience) {
        signal(found.pid, 'SIGQUIT');
        insisted = true;
      }
      if (Date.now() - began > patience + 10_000) {
        throw new Error(`An earlier PostgreSQL (process ${found.pid}) does not end. End it and start again.`);
      }
      await sleep(20);
    }
  }
  const left = readPidFile(folder);
  if (left !== null) rmSync(`${folder}/postmaster.pid`, { force: true });
  if (/\/patchline-pg-[A-Za-z0-9]+$/.test(found.socketDir)) rmSync(found.socketDir, { recursive: true, force: true });
}

/** The server that runs on the folder and takes connections, or null. */
export function findRunning(folder: string): PidFile | null {
  const found = readPidFile(folder);
  return found?.ready && isPostgresOf(found.pid, folder) ? found : null;
}

function isPostgresOf(pid: number, folder: string): boolean {
  if (!Number.isInteger(pid) || pid <= 1) return false;
  if (process.platform !== 'linux') {
    const words = spawnSync('ps', ['-o', 'args=', '-p', String(pid)], { encoding: 'utf8' }).stdout ?? '';
    return words.includes('postgres') && words.includes(folder);
  }
  try {
    const program = readlinkSync(`/proc/${pid}/exe`).replace(/ \(deleted\)$/, '');
    return path.basename(program) === 'postgres' && readlinkSync(`/proc/${pid}/cwd`) === realpathSync(folder);
  } catch {
    // No such process, or one of another user: not ours either way.
    return false;
  }
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
