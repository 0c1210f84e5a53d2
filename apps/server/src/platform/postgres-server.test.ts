import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import pg from 'pg';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type PostgresServer, startPostgres } from './postgres-server.ts';
import { handOverLauncher } from './postgres-server-launch.ts';
import { readPidFile } from './postgres-server-leftover.ts';

// Most tests make a PostgreSQL from nothing, with fsync.
vi.setConfig({ testTimeout: 120_000 });

let dataDir: string;
const running: PostgresServer[] = [];

beforeEach(() => {
  dataDir = mkdtempSync(path.join(tmpdir(), 'patchline-test-'));
});

afterEach(async () => {
  await Promise.all(running.splice(0).map((server) => server.stop('immediate')));
  rmSync(dataDir, { recursive: true, force: true });
});

async function start(options: Partial<Parameters<typeof startPostgres>[0]> = {}): Promise<PostgresServer> {
  const server = await startPostgres({ dataDir, log: () => undefined, ...options });
  running.push(server);
  return server;
}

async function query(server: PostgresServer, sql: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: server.url() });
  // A server that is killed ends its connections; the query's own promise reports it.
  client.on('error', () => undefined);
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}

const alive = (pid: number) => existsSync(`/proc/${pid}`);

describe('embedded PostgreSQL', () => {
  it('gives an owner role that is no superuser a database with checksums and C.UTF-8', async () => {
    const server = await start();
    const [row] = await query(
      server,
      `select current_user as role, current_database() as database, rolsuper, rolcreatedb, rolcreaterole,
              datlocprovider::text || ' ' || datlocale as locale, current_setting('data_checksums') as checksums,
              current_setting('fsync') as fsync, current_setting('listen_addresses') as listening
         from pg_roles, pg_database where rolname = current_user and datname = current_database()`,
    );
    expect(row).toEqual({
      role: 'patchline',
      database: 'patchline',
      rolsuper: false,
      rolcreatedb: true,
      rolcreaterole: true,
      locale: 'b C.UTF-8',
      checksums: 'on',
      fsync: 'on',
      listening: '',
    });
  });

  it('lets nobody else reach it: the socket’s folder is closed to other users', async () => {
    const server = await start();
    expect(statSync(server.socketDir).mode & 0o777).toBe(0o700);
    expect(statSync(path.join(dataDir, 'pg')).mode & 0o777).toBe(0o700);
  });

  it('keeps every acknowledged row when it is killed', async () => {
    const first = await start();
    await query(first, 'create table kept (n int); insert into kept values (1), (2)');
    process.kill(first.pid, 'SIGKILL');
    await first.exited;
    const second = await start();
    expect(await query(second, 'select n from kept order by n')).toEqual([{ n: 1 }, { n: 2 }]);
  });

  it('starts although an old pid file names a process that is somebody else’s', async () => {
    const first = await start();
    await first.stop();
    // Our own process number: alive, and no PostgreSQL.
    writeFileSync(
      path.join(dataDir, 'pg', 'postmaster.pid'),
      `${process.pid}\n${dataDir}/pg\n1\n5432\n${dataDir}/run\n\n1 1\nready\n`,
    );
    const second = await start();
    expect(readPidFile(path.join(dataDir, 'pg'))?.pid).toBe(second.pid);
    expect(await query(second, 'select 1 as one')).toEqual([{ one: 1 }]);
  });

  it('takes the place of a server that an earlier start left running', async () => {
    const left = await start();
    const lines: string[] = [];
    const server = await start({ log: (line) => lines.push(line) });
    await left.exited;
    expect(lines[0]).toContain('left behind');
    expect(await query(server, 'select 1 as one')).toEqual([{ one: 1 }]);
  });

  it('begins again after its set-up was interrupted half-way', async () => {
    mkdirSync(path.join(dataDir, 'pg.new', 'base'), { recursive: true });
    writeFileSync(path.join(dataDir, 'pg.new', 'PG_VERSION'), '18\n');
    expect(await query(await start(), 'select 1 as one')).toEqual([{ one: 1 }]);
  });

  it('says what to do with a folder of another PostgreSQL version', async () => {
    mkdirSync(path.join(dataDir, 'pg'));
    writeFileSync(path.join(dataDir, 'pg', 'PG_VERSION'), '15\n');
    await expect(start()).rejects.toThrow(/PostgreSQL 15.*pg_dumpall/s);
  });

  it('works under a path that is too long for a socket', async () => {
    const deep = path.join(dataDir, 'x'.repeat(120));
    const server = await start({ dataDir: deep });
    expect(await query(server, 'select 1 as one')).toEqual([{ one: 1 }]);
    await server.stop();
    expect(existsSync(server.socketDir)).toBe(false);
  });

  it('ends when the process that started it is killed', async () => {
    const parent = spawn(process.execPath, ['--input-type=module', '-e', HOLDER, dataDir], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const lines = createInterface({ input: parent.stdout });
    const [pid] = (await once(lines, 'line')) as [string];
    expect(alive(Number(pid))).toBe(true);
    parent.kill('SIGKILL');
    await expect.poll(() => alive(Number(pid)), { timeout: 10_000, interval: 20 }).toBe(false);
  });

  it.runIf(process.getuid?.() === 0)('runs as another user where namespaces are barred', async () => {
    const server = await start({ launcher: handOverLauncher() });
    expect(await query(server, 'select 1 as one')).toEqual([{ one: 1 }]);
    expect(statSync(`/proc/${server.pid}`).uid).toBe(65_534);
    await server.stop();
    // The same folder serves a machine where namespaces work, and comes back.
    const inNamespace = await start();
    expect(await query(inNamespace, 'select 2 as two')).toEqual([{ two: 2 }]);
    await inNamespace.stop();
    expect(await query(await start({ launcher: handOverLauncher() }), 'select 3 as three')).toEqual([{ three: 3 }]);
  });
});

const HOLDER = `
  import { startPostgres } from ${JSON.stringify(new URL('./postgres-server.ts', import.meta.url).href)};
  const server = await startPostgres({ dataDir: process.argv[1], log: () => undefined });
  console.log(server.pid);
  setInterval(() => undefined, 1000);
`;
