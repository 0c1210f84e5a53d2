import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';

/** What the first demo start leaves in DATA_DIR/demo.json. */
export interface Demo {
  url: string;
  hotUrl: string;
  emulatorUrl: string;
  handsetUrl: string;
  tenantId: string;
  apiKey: string;
  users: Array<{ email: string; password: string; name: string; role: string }>;
  /** Twilio's come first. */
  numbers: Array<
    { e164: string } & ({ carrier: 'twilio'; accountSid: string; authToken: string } | { carrier: 'telnyx' })
  >;
}

export type Part = 'supervisor' | 'postgres' | 'hot' | 'server' | 'emulator';

/** The whole product as `npm start` runs it, on ports and in a folder of its own. */
export interface Product {
  demo: Demo;
  dataDir: string;
  /** Process id of a part as it runs now, or null. */
  pidOf(part: Part): Promise<number | null>;
  /** SIGKILLs parts and resolves when they are gone. */
  kill(...parts: Part[]): Promise<void>;
  /** Starts again after the supervisor was killed. */
  restart(): Promise<void>;
  /** Resolves when the product serves. */
  ready(): Promise<void>;
  /** What the supervisor has printed. */
  output(): string;
  stop(): Promise<void>;
}

const ROOT = path.resolve(import.meta.dirname, '../..');
const READY_WITHIN_MS = 90_000;

export async function startProduct(options: { env?: Record<string, string> } = {}): Promise<Product> {
  const dataDir = await mkdtemp(path.join(tmpdir(), 'patchline-e2e-'));
  const [port, hotPort, emulatorPort] = await freePorts(3);
  const env = {
    ...process.env,
    PORT: String(port),
    HOT_PORT: String(hotPort),
    EMULATOR_PORT: String(emulatorPort),
    MAILBOX_PORT: '0',
    DATA_DIR: dataDir,
    ...options.env,
  };
  let output = '';
  let supervisor: ChildProcess;
  const start = () => {
    supervisor = spawn(process.execPath, [path.join(ROOT, 'scripts/start.mjs')], {
      cwd: ROOT,
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const stream of [supervisor.stdout, supervisor.stderr]) stream?.on('data', (chunk) => (output += chunk));
  };
  const ready = async () => {
    const deadline = Date.now() + READY_WITHIN_MS;
    for (;;) {
      if (supervisor.exitCode !== null) throw new Error(`The product ended (${supervisor.exitCode}):\n${output}`);
      const answer = await fetch(`http://127.0.0.1:${port}/readyz`).catch(() => null);
      if (answer?.status === 200) return;
      if (Date.now() > deadline) throw new Error(`The product did not become ready:\n${output}`);
      await pause(50);
    }
  };
  start();
  await ready();
  const demo = JSON.parse(await readFile(path.join(dataDir, 'demo.json'), 'utf8')) as Demo;

  const pidOf = async (part: Part): Promise<number | null> => {
    const root = supervisor.pid ?? -1;
    if (part === 'supervisor') return (await supervisorPid(root)) ?? root;
    const family = await descendants(root);
    return family.find(({ command }) => MARKS[part].test(command))?.pid ?? null;
  };
  return {
    demo,
    dataDir,
    pidOf,
    async kill(...parts) {
      const pids = (await Promise.all(parts.map(pidOf))).filter((pid) => pid !== null);
      for (const pid of pids) process.kill(pid, 'SIGKILL');
      for (const pid of pids) while (await alive(pid)) await pause(5);
    },
    async restart() {
      while (supervisor.exitCode === null && supervisor.signalCode === null) await pause(20);
      start();
      await ready();
    },
    ready,
    output: () => output,
    async stop() {
      const ended = new Promise((resolve) => supervisor.once('exit', resolve));
      if (supervisor.exitCode === null && supervisor.signalCode === null) {
        process.kill((await supervisorPid(supervisor.pid ?? -1)) ?? supervisor.pid ?? -1, 'SIGTERM');
        await ended;
      }
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

/** How each part's command line is told apart. */
const MARKS: Record<Exclude<Part, 'supervisor'>, RegExp> = {
  postgres: /bin\/postgres\0-D|bin\/postgres\0/,
  hot: /convex-embedded\/src\/cli\.ts/,
  server: /apps\/server\/src\/main\.ts/,
  emulator: /carrier-emulator\/src\/cli\.ts/,
};

interface Process {
  pid: number;
  parent: number;
  command: string;
}

async function processes(): Promise<Process[]> {
  const found = await Promise.all(
    (await readdir('/proc'))
      .filter((name) => /^\d+$/.test(name))
      .map(async (name) => {
        try {
          const stat = await readFile(`/proc/${name}/stat`, 'utf8');
          const [state, parent] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
          if (state === 'Z') return null;
          return {
            pid: Number(name),
            parent: Number(parent),
            command: await readFile(`/proc/${name}/cmdline`, 'utf8'),
          };
        } catch {
          // It ended while we looked.
          return null;
        }
      }),
  );
  return found.filter((entry) => entry !== null);
}

async function descendants(root: number): Promise<Process[]> {
  const all = await processes();
  const family = new Set([root]);
  for (let grown = true; grown; ) {
    grown = false;
    for (const { pid, parent } of all) {
      if (family.has(parent) && !family.has(pid)) {
        family.add(pid);
        grown = true;
      }
    }
  }
  // The oldest first: the postmaster before its own children.
  return all.filter(({ pid }) => family.has(pid) && pid !== root).sort((a, b) => a.pid - b.pid);
}

/** start.mjs may have started the supervisor as a child under a newer Node. */
async function supervisorPid(root: number): Promise<number | null> {
  return (await descendants(root)).find(({ command }) => /supervisor\/main\.ts/.test(command))?.pid ?? null;
}

async function alive(pid: number): Promise<boolean> {
  return (await processes()).some((entry) => entry.pid === pid);
}

async function freePorts(count: number): Promise<number[]> {
  const servers = await Promise.all(
    Array.from(
      { length: count },
      () =>
        new Promise<ReturnType<typeof createServer>>((resolve) => {
          const server = createServer().listen(0, '127.0.0.1', () => resolve(server));
        }),
    ),
  );
  const ports = servers.map((server) => (server.address() as { port: number }).port);
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
