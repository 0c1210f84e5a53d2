/**
 * Notices that whoever started Patchline is gone, so that killing `npm start` leaves nothing behind.
 * `scripts/start.mjs` on an older Node holds a pipe; npm and the shell between are watched by their process numbers.
 */
import { readFileSync } from 'node:fs';
import { Socket } from 'node:net';
import { parentOf, startTime } from './process-identity.mjs';

const LOOK_EVERY = 500;
const FURTHEST = 6;

/** @param onGone called once. */
export function watchParents(env: Readonly<Record<string, string | undefined>>, onGone: (who: string) => void): void {
  let told = false;
  const tell = (who: string) => {
    if (told) return;
    told = true;
    onGone(who);
  };

  if (env.PATCHLINE_PARENT_FD !== undefined) {
    const pipe = new Socket({ fd: Number(env.PATCHLINE_PARENT_FD) });
    pipe.on('error', () => tell('the starting process'));
    pipe.on('close', () => tell('the starting process'));
    pipe.resume();
    pipe.unref();
  }

  // Started by hand (`node scripts/start.mjs &`), the shell may go and Patchline stay, as with any program.
  if (env.npm_lifecycle_event === undefined) return;
  const watched = upToNpm();
  if (watched.length === 0) return;
  const timer = setInterval(() => {
    const gone = watched.find(({ pid, started }) => startTime(pid) !== started);
    if (gone === undefined) return;
    clearInterval(timer);
    tell('npm');
  }, LOOK_EVERY);
  timer.unref();
}

/** The processes from our parent up to npm itself; empty when npm is not among our ancestors. */
function upToNpm(): { pid: number; started: string | null }[] {
  const chain: { pid: number; started: string | null }[] = [];
  let pid: number | null = process.ppid;
  while (pid !== null && pid > 1 && chain.length < FURTHEST) {
    chain.push({ pid, started: startTime(pid) });
    if (isNpm(pid)) return chain;
    pid = parentOf(pid);
  }
  // Where ancestors cannot be read (macOS), the parent alone is watched.
  return process.platform === 'linux' ? [] : chain.slice(0, 1);
}

/** npm renames itself to what it was asked to do; other runners keep their script's path. */
function isNpm(pid: number): boolean {
  try {
    return /^(?:npm|pnpm|yarn|bun)\b|\/(?:npm|npm-cli\.js|pnpm|yarn|bun)\0/.test(
      readFileSync(`/proc/${pid}/cmdline`, 'utf8'),
    );
  } catch {
    // The process is gone, or this system has no /proc.
    return false;
  }
}
