import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from './platform/database/test-database.ts';

let db: TestDatabase;
let dataDir: string;
let server: RunningServer | null = null;
beforeEach(async () => {
  db = await createTestDatabase();
  dataDir = await mkdtemp(path.join(tmpdir(), 'patchline-main-'));
});
afterEach(async () => {
  server?.child.kill('SIGKILL');
  await server?.exited;
  server = null;
  await db.drop();
  await rm(dataDir, { recursive: true });
});

interface RunningServer {
  url: string;
  child: ChildProcessWithoutNullStreams;
  exited: Promise<unknown[]>;
  printed(): string;
}

/** Starts the real program. The hot tier it is told of does not exist, as while that one restarts. */
async function start(env: Record<string, string>): Promise<RunningServer> {
  const port = await freePort();
  const child = spawn(process.execPath, [path.join(import.meta.dirname, 'main.ts')], {
    env: {
      PATH: process.env.PATH,
      PORT: String(port),
      DATA_DIR: dataDir,
      DATABASE_URL: db.url,
      CONVEX_URL: `http://127.0.0.1:${await freePort()}`,
      PATCHLINE_SUPERVISED: '1',
      ...env,
    },
  });
  let output = '';
  const listening = new Promise<boolean>((resolve) => {
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk) => {
        output += chunk;
        if (output.includes('"msg":"listening"')) resolve(true);
      });
    }
  });
  const exited = once(child, 'exit');
  server = { url: `http://127.0.0.1:${port}`, child, exited, printed: () => output };
  if (await Promise.race([listening, exited.then(() => false)])) return server;
  throw new Error(`The server did not come up:\n${output}`);
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address() as AddressInfo;
  probe.close();
  await once(probe, 'close');
  return port;
}

test('a production start makes no demo and prints a token with which the first owner is made, once', async () => {
  const { url, printed } = await start({ NODE_ENV: 'production' });
  expect(await (await fetch(`${url}/api/v1/setup`)).json()).toEqual({ needed: true });
  expect(await db.peek('select 1 from tenants')).toEqual([]);
  const token = /enter this token: (\S+)/.exec(printed())?.[1];
  const kept = await readFile(path.join(dataDir, 'secrets/setup-token'), 'utf8');
  expect(kept).not.toContain(token);

  const answer = await fetch(`${url}/api/v1/setup`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      token,
      name: 'Helena Quill',
      email: 'helena@quillmere.example',
      password: 'a long password',
      tenantName: 'Quillmere',
    }),
  });
  expect(answer.status).toBe(204);
  expect(await readdir(path.join(dataDir, 'secrets'))).not.toContain('setup-token');
  expect(await readdir(dataDir)).not.toContain('demo.json');
});

test('it says which part does not serve, and ends cleanly within three seconds once its supervisor is gone', async () => {
  const { url, child, exited } = await start({ NODE_ENV: 'production' });
  const ready = await fetch(`${url}/readyz`);
  expect(ready.status).toBe(503);
  expect(await ready.json()).toMatchObject({ parts: { database: 'ok', hotTier: 'down', jobs: 'ok' } });
  const began = performance.now();
  child.stdin.end();
  expect(await exited).toEqual([0, null]);
  expect(performance.now() - began).toBeLessThan(3_000);
});

test('SIGTERM ends it as cleanly, and a setting that does not exist keeps it from starting', async () => {
  const { child, exited } = await start({ NODE_ENV: 'production' });
  child.kill('SIGTERM');
  expect(await exited).toEqual([0, null]);
  await expect(start({ PATCHLINE_ISUER: 'https://x.test' })).rejects.toThrow('did you mean PATCHLINE_ISSUER?');
});
