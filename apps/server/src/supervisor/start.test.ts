/** The supervisor as people run it: real processes, a real PostgreSQL, small stand-ins for the other parts. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { startPostgres } from '../platform/postgres-server.ts';
import { startTime } from './process-identity.mjs';

const MAIN = path.join(import.meta.dirname, 'fixtures', 'main.ts');

// Each starts and ends a whole Patchline; a busy machine takes its time over fsync.
vi.setConfig({ testTimeout: 120_000 });

let dataDir: string;
/** A made, stopped PostgreSQL folder that tests begin with: making one takes longer than most of them. */
let template: string;
const started: ChildProcess[] = [];

beforeAll(async () => {
  template = mkdtempSync(path.join(tmpdir(), 'patchline-template-'));
  const server = await startPostgres({ dataDir: template, log: () => undefined, durable: false });
  await server.stop();
});

afterAll(() => rmSync(template, { recursive: true, force: true }));

beforeEach(() => {
  dataDir = mkdtempSync(path.join(tmpdir(), 'patchline-start-'));
});

afterEach(async () => {
  for (const child of started.splice(0)) {
    if (child.exitCode === null && child.signalCode === null) {
      child.kill('SIGKILL');
      await once(child, 'close');
    }
  }
  await expect.poll(() => processesOn(dataDir), { timeout: 30_000 }).toEqual([]);
  rmSync(dataDir, { recursive: true, force: true });
});

type Run = { child: ChildProcess; output(): string; ended: Promise<number | null> };

function start(env: Record<string, string> = {}): Run {
  const child = spawn(process.execPath, [MAIN], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { PATH: process.env.PATH, DATA_DIR: dataDir, PORT: '0', HOT_PORT: '0', EMULATOR_PORT: '0', ...env },
  });
  started.push(child);
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
  }
  return {
    child,
    output: () => output,
    ended: once(child, 'close').then(([code]) => code as number | null),
  };
}

async function startReady(env: Record<string, string> = {}): Promise<Run> {
  const cluster = path.join(dataDir, 'pg');
  if (!existsSync(cluster)) cpSync(path.join(template, 'pg'), cluster, { recursive: true });
  const run = start(env);
  const ended = run.ended.then(() => {
    throw new Error(`ended instead of being ready:\n${run.output()}`);
  });
  ended.catch(() => undefined);
  await Promise.race([expect.poll(() => run.output(), { timeout: 60_000 }).toContain('Patchline is ready'), ended]);
  return run;
}

/** Every process whose command line or environment names the folder: the children, PostgreSQL and its workers. */
function processesOn(folder: string): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => pid !== process.pid && startTime(pid) !== null && mentions(pid, folder));
}

function mentions(pid: number, folder: string): boolean {
  try {
    return ['cmdline', 'environ'].some((file) => readFileSync(`/proc/${pid}/${file}`, 'utf8').includes(folder));
  } catch {
    // It ended while we looked.
    return false;
  }
}

const logOf = (part: string) => {
  const file = path.join(dataDir, 'logs', `${part}.log`);
  return existsSync(file) ? readFileSync(file, 'utf8') : '';
};

/** Process numbers a stand-in reported, in the order of its starts. */
const pidsOf = (part: string) =>
  [...logOf(part).matchAll(/listening as process (\d+)/g)].map((match) => Number(match[1]));

const postgresPid = () => {
  const file = path.join(dataDir, 'pg', 'postmaster.pid');
  return existsSync(file) ? Number(readFileSync(file, 'utf8').split('\n')[0]) : 0;
};

describe('npm start', () => {
  it('is stopped by Ctrl-C within five seconds and leaves no process', async () => {
    const run = await startReady();
    expect(processesOn(dataDir).length).toBeGreaterThan(4);
    const began = Date.now();
    run.child.kill('SIGINT');
    expect(await run.ended).toBe(0);
    expect(Date.now() - began).toBeLessThan(5_000);
    expect(processesOn(dataDir)).toEqual([]);
    expect(existsSync(path.join(dataDir, 'lock'))).toBe(false);
  });

  it('leaves no process when it is killed itself, and starts again afterwards', async () => {
    const run = await startReady();
    run.child.kill('SIGKILL');
    await expect.poll(() => processesOn(dataDir), { timeout: 30_000, interval: 50 }).toEqual([]);
    await startReady();
  });

  it('stops while it is still making the database', async () => {
    const run = start();
    await expect.poll(() => run.output(), { timeout: 30_000, interval: 5 }).toContain('Preparing');
    const began = Date.now();
    run.child.kill('SIGINT');
    expect(await run.ended).toBe(0);
    expect(Date.now() - began).toBeLessThan(5_000);
  });

  it.each(['hot-tier', 'server', 'emulator'])('starts a killed %s again', async (part) => {
    await startReady();
    const [pid = 0] = pidsOf(part);
    process.kill(pid, 'SIGKILL');
    await expect.poll(() => pidsOf(part).length, { timeout: 30_000 }).toBe(2);
  });

  it('starts a killed PostgreSQL again', async () => {
    await startReady();
    const pid = postgresPid();
    process.kill(pid, 'SIGKILL');
    await expect
      .poll(() => postgresPid() !== pid && logOf('postgres').split('ready to accept').length === 3, { timeout: 30_000 })
      .toBe(true);
  });

  it('refuses a second start on the same DATA_DIR and says what to do', async () => {
    await startReady();
    const second = start();
    expect(await second.ended).toBe(1);
    expect(second.output()).toMatch(/already runs on .*\n.*Stop that one first/);
    expect(processesOn(dataDir).length).toBeGreaterThan(4);
  });

  it('is not held up by the lock of a start that was killed', async () => {
    writeFileSync(path.join(dataDir, 'lock'), JSON.stringify({ pid: process.pid, started: '1', host: 'elsewhere' }));
    const refused = start();
    expect(await refused.ended).toBe(1);
    writeFileSync(path.join(dataDir, 'lock'), 'torn');
    await startReady();
  });

  it('names the setting of a taken port', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as { port: number };
    try {
      const run = start({ HOT_PORT: String(port) });
      expect(await run.ended).toBe(1);
      expect(run.output()).toContain(`Port ${port} (HOT_PORT) is taken`);
      expect(run.output()).toContain(`HOT_PORT=${port + 1} npm start`);
    } finally {
      other.close();
    }
  });

  it.each([
    ['a file in its place', () => path.join(dataDir, 'file')],
    ['a path below a file', () => path.join(dataDir, 'file', 'below')],
    ['a folder nobody can write to', () => '/proc/patchline'],
  ])('says so when DATA_DIR cannot be written: %s', async (_, place) => {
    writeFileSync(path.join(dataDir, 'file'), '');
    const run = start({ DATA_DIR: place() });
    expect(await run.ended).toBe(1);
    expect(run.output()).toMatch(/cannot be written: .*\n.*DATA_DIR=/);
  });

  it('stops on an unknown setting before it touches anything', async () => {
    const run = start({ PATCHLINE_PORT: '1', DATA_DIR: path.join(dataDir, 'new') });
    expect(await run.ended).toBe(1);
    expect(run.output()).toContain('did you mean PORT?');
    expect(existsSync(path.join(dataDir, 'new'))).toBe(false);
  });

  it('shows what a part said when it cannot start', async () => {
    const server = path.join(dataDir, 'server.mjs');
    writeFileSync(server, `console.error('relation "contacts" is missing'); process.exit(3);`);
    const run = start({ PATCHLINE_TEST_SERVER: server });
    expect(await run.ended).toBe(1);
    expect(run.output()).toContain('relation "contacts" is missing');
  });

  it('keeps its secrets to itself', async () => {
    await startReady({ DATA_DIR: path.join(dataDir, 'new') });
    const mode = (...below: string[]) => statSync(path.join(dataDir, 'new', ...below)).mode & 0o777;
    expect([mode(), mode('secrets'), mode('logs'), mode('pg')]).toEqual([0o700, 0o700, 0o700, 0o700]);
    expect([mode('secrets', 'hot-tier-keys.json'), mode('hot', 'env'), mode('lock')]).toEqual([0o600, 0o600, 0o600]);
  });

  it('starts no part that is replaced by one elsewhere', async () => {
    const run = await startReady({
      DATABASE_URL: 'postgres://somebody@localhost/x',
      CONVEX_URL: 'http://127.0.0.1:9',
      EMULATOR: 'off',
    });
    expect(run.output()).toContain('server is ready');
    expect(run.output()).not.toMatch(/(?:postgres|hot tier|emulator) is ready/);
    expect(logOf('postgres')).toBe('');
  });
});
