import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { StartError } from './errors.ts';

/**
 * When a running process was started, in the kernel's ticks: tells a process from a later one with
 * its number. `ended` when there is none, or only what its parent has not collected yet (a zombie,
 * which still takes signals); null where the system does not tell.
 */
function startTime(pid: number): string | 'ended' | null {
  let stat: string;
  try {
    stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ESRCH' || (code === 'ENOENT' && process.platform === 'linux')) return 'ended';
    if (code === 'ENOENT' || code === 'EACCES' || code === 'ENOTDIR') return null;
    throw error;
  }
  // The second field, the name, may hold spaces and brackets.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return fields[0] === 'Z' || fields[0] === 'X' ? 'ended' : (fields[19] ?? null);
}

function isAlive(pid: number, started: string | null): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false;
  }
  const now = startTime(pid);
  return started === null ? now !== 'ended' : now === null || now === started;
}

/**
 * Takes the lock of a data directory, so that only one process writes it. A lock whose process
 * has ended is taken over. Returns what releases it. Throws `StartError` if it is held.
 */
export function takeLock(dir: string): () => void {
  mkdirSync(dir, { recursive: true });
  const path = join(dir, 'lock');
  const own = join(dir, `lock.${process.pid}.${Math.random().toString(36).slice(2)}`);
  const content = JSON.stringify({ pid: process.pid, started: startTime(process.pid), nonce: own });
  writeFileSync(own, content, { mode: 0o600 });
  try {
    for (let attempt = 0; attempt < 10; attempt++) {
      try {
        // A link appears with its content or not at all.
        linkSync(own, path);
        return () => {
          if (readFileSync(path, 'utf8') === content) unlinkSync(path);
        };
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      }
      removeStale(path, dir);
    }
  } finally {
    rmSync(own, { force: true });
  }
  throw new StartError(`The lock of ${dir} cannot be taken: others are taking it at the same time.`);
}

function removeStale(path: string, dir: string): void {
  let held: string;
  try {
    held = readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
    throw error;
  }
  let holder: { pid: number; started: string | null } | null = null;
  try {
    holder = JSON.parse(held) as { pid: number; started: string | null };
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  if (holder && isAlive(holder.pid, holder.started)) {
    throw new StartError(
      `The data directory ${dir} is in use by process ${holder.pid}. Stop that process, or use another directory.`,
    );
  }
  const aside = `${path}.stale.${process.pid}.${Math.random().toString(36).slice(2)}`;
  try {
    renameSync(path, aside);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
    throw error;
  }
  // Somebody may have taken it over in between: then it goes back.
  if (readFileSync(aside, 'utf8') !== held) linkSync(aside, path);
  unlinkSync(aside);
}
