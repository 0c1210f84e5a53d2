import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * How many sends a second the emulator accepts and takes to "delivered", with its store on disk: 64 connections post
 * 10,000 messages from this process. Prints one line. `node bench/sends.ts`
 */
const SENDS = 10_000;
const CONNECTIONS = 64;
const SID = `AC${'1'.repeat(32)}`;
const NUMBER = '+17205550110';

const folder = mkdtempSync(join(tmpdir(), 'carrier-emulator-bench-'));
const cli = fileURLToPath(new URL('../src/cli.ts', import.meta.url));
const emulator = spawn(process.execPath, [cli, '--port', '0', '--data', folder, '--exit-with-stdin']);
emulator.stderr.pipe(process.stderr);
const url = await new Promise<string>((resolve) => {
  emulator.stdout.setEncoding('utf8').on('data', (text: string) => {
    const found = /listening on (\S+)/.exec(text)?.[1];
    if (found) resolve(found);
  });
});
try {
  await fetch(`${url}/emulator/api/accounts/${SID}`, {
    method: 'PUT',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ authToken: 'bench', numbers: [{ e164: NUMBER }] }),
  });
  const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS });
  const headers = {
    authorization: `Basic ${Buffer.from(`${SID}:bench`).toString('base64')}`,
    'content-type': 'application/x-www-form-urlencoded',
  };
  const times: number[] = [];
  let next = 0;
  const began = performance.now();
  await Promise.all(
    Array.from({ length: CONNECTIONS }, async () => {
      while (next < SENDS) {
        const body = new URLSearchParams({
          To: `+1303555${1000 + (next++ % 9000)}`,
          From: NUMBER,
          Body: 'Your crew can come on Thursday between 8 and 11 am.',
        }).toString();
        times.push(await post(agent, headers, body));
      }
    }),
  );
  const seconds = (performance.now() - began) / 1000;
  times.sort((a, b) => a - b);
  const at = (share: number) => (times[Math.floor(times.length * share)] ?? 0).toFixed(1);
  process.stdout.write(
    `${SENDS} sends: ${Math.round(SENDS / seconds)} a second, p50 ${at(0.5)} ms, p99 ${at(0.99)} ms over ${CONNECTIONS} connections\n`,
  );
} finally {
  emulator.stdin.end();
  await new Promise((resolve) => emulator.once('exit', resolve));
  rmSync(folder, { recursive: true });
}
process.exit(0);

function post(agent: Agent, headers: Record<string, string>, body: string): Promise<number> {
  const sent = performance.now();
  return new Promise((resolve, reject) => {
    const outgoing = request(`${url}/2010-04-01/Accounts/${SID}/Messages.json`, {
      agent,
      method: 'POST',
      headers: { ...headers, 'content-length': Buffer.byteLength(body) },
    });
    outgoing.on('error', reject);
    outgoing.on('response', (response) => {
      response.resume();
      response.on('end', () => {
        if (response.statusCode === 201) resolve(performance.now() - sent);
        else reject(new Error(`a send was answered ${response.statusCode}`));
      });
    });
    outgoing.end(body);
  });
}
