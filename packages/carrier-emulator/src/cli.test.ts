import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { FakeApp } from './testing/fake-app.ts';
import { ACCOUNT_SID, AUTH_TOKEN, clientFor, NUMBER, PERSON } from './testing/rig.ts';

// Each test starts processes, on a machine that may be busy.
vi.setConfig({ testTimeout: 60_000 });

const CLI = fileURLToPath(new URL('./cli.ts', import.meta.url));

let folder: string;
let app: FakeApp;
const children: ChildProcessWithoutNullStreams[] = [];

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'carrier-emulator-'));
  app = new FakeApp(AUTH_TOKEN);
  await app.start();
});
afterEach(async () => {
  for (const child of children.splice(0)) {
    if (child.exitCode !== null || child.signalCode !== null) continue;
    child.kill('SIGKILL');
    await once(child, 'exit');
  }
  await app.stop();
  rmSync(folder, { recursive: true });
});

function run(...args: string[]): ChildProcessWithoutNullStreams {
  const child = spawn(process.execPath, [CLI, '--port', '0', ...args]);
  children.push(child);
  return child;
}

/** The address it prints when it is ready. */
async function address(child: ChildProcessWithoutNullStreams): Promise<string> {
  let printed = '';
  child.stdout.setEncoding('utf8');
  for await (const chunk of child.stdout) {
    printed += chunk;
    const url = /listening on (\S+)/.exec(printed)?.[1];
    if (url) return url;
  }
  throw new Error(`it did not start: ${printed}`);
}

async function makeAccount(url: string): Promise<void> {
  const response = await fetch(`${url}/emulator/api/accounts/${ACCOUNT_SID}`, {
    method: 'PUT',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ authToken: AUTH_TOKEN, numbers: [{ e164: NUMBER, smsUrl: `${app.url}/sms` }] }),
  });
  expect(response.status).toBe(200);
}

const text = (url: string, body: string) =>
  fetch(`${url}/emulator/api/handsets/${PERSON}/messages`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ to: NUMBER, body }),
  });

describe('after kill -9', () => {
  it('everything that was answered is in the list, goes on its way and ends', async () => {
    const first = run('--data', folder);
    const url = await address(first);
    await makeAccount(url);
    const client = clientFor(url);
    const answered = new Set<string>();
    const sending = Array.from({ length: 8 }, async (_, worker) => {
      for (let i = 0; ; i++) {
        const message = await client.messages
          .create({
            to: `+1303555${1000 + worker}`,
            from: NUMBER,
            body: `${worker}/${i}`,
            statusCallback: `${app.url}/status`,
          })
          .catch(() => null);
        if (!message) return;
        answered.add(message.sid);
        if (answered.size === 100) first.kill('SIGKILL');
      }
    });
    await Promise.all(sending);

    const second = run('--data', folder);
    const again = clientFor(await address(second));
    const listed = await again.messages.list({ pageSize: 1000 });
    expect(listed.map(({ sid }) => sid)).toEqual(expect.arrayContaining([...answered]));
    expect(answered.size).toBeGreaterThanOrEqual(100);
    // Callbacks that were under way at the end are made again, so the app may hear of an end twice, but of each once.
    const told = () =>
      new Set(
        app.received
          .filter(({ params }) => params.MessageStatus === 'delivered')
          .map(({ params }) => params.MessageSid),
      );
    await app.until(() => told().size === listed.length);
    expect([...told()].sort()).toEqual(listed.map(({ sid }) => sid).sort());
  });

  it('a webhook that the app had not taken is made again, with the same token', async () => {
    const first = run('--data', folder);
    const url = await address(first);
    await makeAccount(url);
    const reached = app.wait(1);
    app.answer = () => first.kill('SIGKILL');
    await text(url, 'Hi');
    const [cut] = await reached;
    app.answer = (_received, response) => response.writeHead(204).end();
    run('--data', folder);
    const [, repeated] = await app.wait(2);
    expect(repeated?.params).toEqual(cut?.params);
    expect(repeated?.headers['i-twilio-idempotency-token']).toBe(cut?.headers['i-twilio-idempotency-token']);
  });
});

describe('starting and stopping', () => {
  it.each(['SIGTERM', 'SIGINT'] as const)('ends on %s', async (signal) => {
    const child = run('--data', folder);
    await address(child);
    child.kill(signal);
    expect(await once(child, 'exit')).toEqual([0, null]);
  });

  it('ends with the program that started it when told to', async () => {
    const child = run('--exit-with-stdin');
    const url = await address(child);
    expect((await fetch(`${url}/emulator/api/health`)).status).toBe(200);
    child.stdin.end();
    expect(await once(child, 'exit')).toEqual([0, null]);
  });

  it('ends although a send is left without an answer', async () => {
    const child = run();
    const url = await address(child);
    await makeAccount(url);
    await fetch(`${url}/emulator/api/faults`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ faults: { 'send:timeout-after-accept': 1 } }),
    });
    const hanging = clientFor(url)
      .messages.create({ to: PERSON, from: NUMBER, body: 'x' })
      .catch(() => 'cut');
    await expect
      .poll(async () => (await (await fetch(`${url}/emulator/api/requests`)).json()).requests.length, {
        timeout: 20_000,
      })
      .toBe(1);
    child.kill('SIGTERM');
    expect(await once(child, 'exit')).toEqual([0, null]);
    expect(await hanging).toBe('cut');
  });

  it('says what to do when the port is taken, or the folder is', async () => {
    const first = run('--data', folder);
    const { port } = new URL(await address(first));
    expect(await complaint(run('--port', port))).toContain('choose another with --port');
    expect(await complaint(run('--data', folder))).toContain('another emulator is running on');
    expect(await complaint(run('--port', 'x'))).toContain('--port must be a whole number');
  });
});

async function complaint(child: ChildProcessWithoutNullStreams): Promise<string> {
  let said = '';
  child.stdout.resume();
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    said += chunk;
  });
  const [code] = await once(child, 'close');
  expect(code).toBe(1);
  return said;
}
