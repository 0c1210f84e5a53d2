/** DATA_DIR belongs to one supervisor at a time: it is made, tested for writing and locked before anything starts. */
import {
  existsSync,
  linkSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { hostname } from 'node:os';
import path from 'node:path';
import { startTime } from './process-identity.mjs';
import { StartError } from './start-error.ts';

type Owner = { pid: number; started: string | null; host: string };

/** How often the owner touches its lock, and after how long another machine's (or container's) untouched lock is stale; milliseconds. */
const TOUCH_EVERY = 5_000;
const STALE_AFTER = 20_000;

export type DataDirLock = { release(): void };

/** @throws StartError when the folder cannot be written, or another Patchline runs on it. */
export function openDataDir(dataDir: string): DataDirLock {
  try {
    // Messages, numbers and secrets: nobody else on this machine is to read them.
    makeFolder(dataDir);
    const probe = path.join(dataDir, `.writable-${process.pid}`);
    writeFileSync(probe, '');
    rmSync(probe);
  } catch (error) {
    throw new StartError(unwritable(dataDir, error as NodeJS.ErrnoException), { cause: error });
  }
  return lock(dataDir);
}

/** Step by step: Node's recursive mkdir never returns where the system answers ENOENT for a folder that exists (below /proc). */
function makeFolder(folder: string): void {
  const parent = path.dirname(folder);
  if (!existsSync(parent) && parent !== folder) makeFolder(parent);
  try {
    mkdirSync(folder, { mode: 0o700 });
  } catch (error) {
    const there = (error as NodeJS.ErrnoException).code === 'EEXIST' && statSync(folder).isDirectory();
    if (!there) throw error;
  }
}

function unwritable(dataDir: string, error: NodeJS.ErrnoException): string {
  const why =
    {
      EACCES: 'this user may not write there',
      EPERM: 'this user may not write there',
      EROFS: 'the disk is read-only',
      ENOSPC: 'the disk is full',
      EEXIST: 'there is a file in its place',
      ENOTDIR: 'a part of the path is a file',
      ENOENT: 'the path cannot be made',
    }[error.code ?? ''] ?? error.message;
  return (
    `Patchline keeps its data in DATA_DIR, and ${dataDir} cannot be written: ${why}.\n` +
    'Make it writable, or choose another folder: DATA_DIR=/path/to/folder npm start'
  );
}

function lock(dataDir: string): DataDirLock {
  const file = path.join(dataDir, 'lock');
  const mine = `${JSON.stringify({ pid: process.pid, started: startTime(process.pid), host: hostname() })}\n`;
  const draft = `${file}.${process.pid}`;
  writeFileSync(draft, mine, { mode: 0o600 });
  try {
    // Twice: once for a stale lock that is moved away in between.
    for (let attempt = 0; ; attempt++) {
      try {
        // The lock appears with its content or not at all.
        linkSync(draft, file);
        break;
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EEXIST' || attempt > 2) throw error;
        refuseWhileOwned(dataDir, file);
      }
    }
  } finally {
    rmSync(draft, { force: true });
  }
  const touch = setInterval(() => utimesSync(file, new Date(), new Date()), TOUCH_EVERY);
  touch.unref();
  return {
    release() {
      clearInterval(touch);
      if (readText(file) === mine) rmSync(file, { force: true });
    },
  };
}

/** Moves a stale lock away. @throws StartError when its owner is alive. */
function refuseWhileOwned(dataDir: string, file: string): void {
  const text = readText(file);
  if (text === null) return;
  refuseIfAlive(dataDir, file, text);
  const aside = `${file}.stale-${process.pid}`;
  renameSync(file, aside);
  const moved = readText(aside);
  if (moved !== text && moved !== null) {
    // Another start was quicker, and this is its new lock.
    linkSync(aside, file);
    rmSync(aside, { force: true });
    refuseIfAlive(dataDir, file, moved);
    return;
  }
  rmSync(aside, { force: true });
}

function refuseIfAlive(dataDir: string, file: string, text: string): void {
  const owner = parseOwner(text);
  if (owner === null) return;
  const alive =
    owner.host === hostname()
      ? startTime(owner.pid) !== null && startTime(owner.pid) === owner.started
      : // Its process numbers mean nothing here; a living owner touches its lock.
        Date.now() - statSync(file).mtimeMs < STALE_AFTER;
  if (!alive) return;
  const where = owner.host === hostname() ? '' : ` on ${owner.host}`;
  throw new StartError(
    `Patchline already runs on ${dataDir} (process ${owner.pid}${where}).\n` +
      'Stop that one first (Ctrl-C where it runs), or give this one a folder and ports of its own:\n' +
      '  DATA_DIR=./data2 PORT=3001 HOT_PORT=3201 EMULATOR_PORT=3101 npm start',
  );
}

function parseOwner(text: string): Owner | null {
  try {
    const owner = JSON.parse(text) as Owner;
    return Number.isInteger(owner.pid) ? owner : null;
  } catch {
    // A torn file: whoever wrote it did not live to finish.
    return null;
  }
}

function readText(file: string): string | null {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}
