/**
 * The embedded PostgreSQL: one server per DATA_DIR, reached only through a Unix socket in a folder nobody else may enter.
 *
 * States: (no folder) → made → starting → ready → ended. A crash shows as `exited`; the supervisor starts it anew, and PostgreSQL recovers
 * what was committed. The server ends with the process that started it, also when that one is killed.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { endWithOurPipe, endWithParentPrefix } from './end-with-parent.ts';
import { DATABASE_NAME, ensureCluster, explain, OWNER_ROLE, postgresEnvironment } from './postgres-server-cluster.ts';
import { findLauncher, findPostgresPrograms, handOver, type Launcher } from './postgres-server-launch.ts';
import { clearLeftover, findRunning, readPidFile } from './postgres-server-leftover.ts';

export { DATABASE_NAME, OWNER_ROLE, SUPERUSER_ROLE } from './postgres-server-cluster.ts';

export type PostgresOptions = {
  /** DATA_DIR; the server's files are in `pg/` below it. */
  dataDir: string;
  /** Receives the server's log, line by line. */
  log: (line: string) => void;
  /** False for throw-away servers in tests: a power cut may lose everything. Default true. */
  durable?: boolean;
  /** More configuration, as in postgresql.conf. */
  config?: Readonly<Record<string, string>>;
  /** How to run it; found out when absent. */
  launcher?: Launcher;
  /** Folder for the socket that the caller made (`makeSocketDir`) and removes, so that the address stays over restarts. */
  socketDir?: string;
  /** Aborting it ends a start that is under way. */
  signal?: AbortSignal;
};

export type PostgresServer = {
  /** Folder of the Unix socket. */
  socketDir: string;
  /** Part of the socket's name; nothing listens on a TCP port. */
  port: number;
  pid: number;
  /** Connection string of a database, by default ours as its owner. */
  url(database?: string, user?: string): string;
  /** Settles when the server has ended, asked or not. */
  exited: Promise<{ code: number | null; signal: NodeJS.Signals | null }>;
  /**
   * Ends it: `fast` (default) rolls back what is open and writes a checkpoint, `immediate` leaves recovery to the next start.
   * @param patience milliseconds before a fast end becomes an immediate one. Default 10,000.
   */
  stop(mode?: 'fast' | 'immediate', patience?: number): Promise<void>;
};

const SOCKET_PORT = 5432;
/** sun_path holds 108 bytes on Linux and 104 on macOS, with the closing NUL. */
const LONGEST_SOCKET_PATH = 100;
const START_PATIENCE = 120_000;

/** @throws Error with what PostgreSQL said and what to do, when it cannot be made or started. */
export async function startPostgres(options: PostgresOptions): Promise<PostgresServer> {
  const { log, durable = true } = options;
  const programs = findPostgresPrograms();
  const launcher = options.launcher ?? findLauncher();
  mkdirSync(options.dataDir, { recursive: true });
  const dataDir = realpathSync(options.dataDir);
  const folder = path.join(dataDir, 'pg');

  await ensureCluster({ folder, programs, launcher, durable, signal: options.signal });
  await clearLeftover(folder, log);
  const socketDir = options.socketDir ?? makeSocketDir(dataDir, launcher);
  // No server of this folder runs any more, and nobody else uses the folder of its socket: what is left there is stale.
  // PostgreSQL would believe it while a process of that number exists, be it only the unreaped rest of the killed one.
  for (const name of [`.s.PGSQL.${SOCKET_PORT}`, `.s.PGSQL.${SOCKET_PORT}.lock`]) {
    rmSync(path.join(socketDir, name), { force: true });
  }

  const endWithParent = endWithParentPrefix('INT');
  const config = { ...configuration(durable), ...options.config };
  const words = Object.entries(config).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  const [program = '', ...rest] = [
    ...launcher.prefix,
    ...(endWithParent ?? []),
    programs.postgres,
    ...['-D', folder, '-k', socketDir, '-p', String(SOCKET_PORT), ...words],
  ];

  // Its own process group: a Ctrl-C in the terminal is for the supervisor, which ends its children in order.
  const child = spawn(program, rest, {
    stdio: ['ignore', 'ignore', 'pipe'],
    detached: true,
    env: postgresEnvironment(),
  });
  const lastLines: string[] = [];
  if (child.stderr !== null) {
    createInterface({ input: child.stderr }).on('line', (line) => {
      lastLines.push(line);
      if (lastLines.length > 20) lastLines.shift();
      log(line);
    });
  }
  const exited = new Promise<{ code: number | null; signal: NodeJS.Signals | null }>((resolve) => {
    child.once('close', (code, signal) => resolve({ code, signal }));
    child.once('error', (error) => {
      lastLines.push(error.message);
      resolve({ code: null, signal: null });
    });
  });
  const watcher = endWithParent === null && child.pid !== undefined ? endWithOurPipe(child.pid, 'INT') : null;
  void exited.then(() => {
    watcher?.kill('SIGKILL');
    if (options.socketDir === undefined && path.dirname(socketDir) !== dataDir)
      rmSync(socketDir, { recursive: true, force: true });
  });

  try {
    await untilReady(folder, child, exited, options.signal);
  } catch (error) {
    child.kill('SIGQUIT');
    await exited;
    options.signal?.throwIfAborted();
    throw lastLines.length > 0 ? new Error(explain(lastLines.join('\n')), { cause: error }) : error;
  }

  return {
    socketDir,
    port: SOCKET_PORT,
    pid: child.pid ?? 0,
    url: (database = DATABASE_NAME, user = OWNER_ROLE) => socketUrl(socketDir, database, user),
    exited,
    async stop(mode = 'fast', patience = 10_000) {
      child.kill(mode === 'fast' ? 'SIGINT' : 'SIGQUIT');
      const hurry = setTimeout(() => child.kill('SIGQUIT'), patience);
      const end = setTimeout(() => child.kill('SIGKILL'), patience + 2_000);
      await exited;
      clearTimeout(hurry);
      clearTimeout(end);
    },
  };
}

/** The owner's connection string to the embedded server that runs on DATA_DIR, or null when none does. */
export function runningPostgresUrl(dataDir: string): string | null {
  const running = findRunning(path.join(dataDir, 'pg'));
  return running === null ? null : socketUrl(running.socketDir, DATABASE_NAME, OWNER_ROLE);
}

function socketUrl(socketDir: string, database: string, user: string): string {
  // The host part is for parsers that insist on one; the query's `host` is what counts.
  return `postgres://${user}@localhost/${database}?host=${encodeURIComponent(socketDir)}&port=${SOCKET_PORT}`;
}

function configuration(durable: boolean): Record<string, string> {
  return {
    listen_addresses: '',
    unix_socket_permissions: '0700',
    max_connections: '200',
    timezone: 'UTC',
    log_timezone: 'UTC',
    log_line_prefix: '',
    log_min_messages: 'warning',
    log_checkpoints: 'off',
    // Short queries: compiling them costs more than it saves.
    jit: 'off',
    // A fresh installation's tables grow from nothing: plans made for empty ones must not last a minute.
    autovacuum_naptime: '10s',
    // A role made by our owner role can be used by it, as superusers can.
    createrole_self_grant: 'set, inherit',
    ...(durable
      ? {}
      : {
          fsync: 'off',
          synchronous_commit: 'off',
          full_page_writes: 'off',
          wal_level: 'minimal',
          max_wal_senders: '0',
          // A worker visiting the template database would make cloning it wait.
          autovacuum: 'off',
        }),
  };
}

/** A folder for the socket that only its owner may enter: below DATA_DIR, or in the system's temporary folder when that path is too long. */
export function makeSocketDir(dataDir: string, launcher: Launcher = findLauncher()): string {
  const near = path.join(dataDir, 'run');
  const fits = Buffer.byteLength(`${near}/.s.PGSQL.${SOCKET_PORT}`) <= LONGEST_SOCKET_PATH;
  if (fits) mkdirSync(near, { recursive: true, mode: 0o700 });
  const folder = fits ? near : mkdtempSync(path.join(tmpdir(), 'patchline-pg-'));
  chmodSync(folder, 0o700);
  handOver(folder, launcher);
  return folder;
}

/** Waits until the pid file says ready, and says it of our process: a stale file says it too. */
async function untilReady(
  folder: string,
  child: ChildProcess,
  exited: Promise<unknown>,
  signal: AbortSignal | undefined,
): Promise<void> {
  let ended = false;
  void exited.then(() => {
    ended = true;
  });
  const began = Date.now();
  for (;;) {
    const file = readPidFile(folder);
    if (file?.ready && file.pid === child.pid) return;
    if (ended) throw new Error(explain(''));
    if (Date.now() - began > START_PATIENCE)
      throw new Error('The embedded PostgreSQL was not ready after two minutes.');
    await sleep(10, undefined, { signal });
  }
}
