import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * How many sends a second the emulator accepts and takes to "delivered", with its store on disk: 64 connections post
 * 10,000 messages to each carrier from this process. Prints one line each. `node bench/sends.ts`
 */
const SENDS = 10_000;
const CONNECTIONS = 64;
const SID = `AC${'1'.repeat(32)}`;
const TEXT = 'Your crew can come on Thursday between 8 and 11 am.';

interface Carrier {
  name: string;
  account: string;
  settings: Record<string, unknown>;
  path: string;
  accepted: number;
  headers: Record<string, string>;
  body: (to: string) => string;
}

const CARRIERS: Carrier[] = [
  {
    name: 'Twilio',
    account: SID,
    settings: { authToken: 'bench', numbers: [{ e164: '+17205550110' }] },
    path: `/2010-04-01/Accounts/${SID}/Messages.json`,
    accepted: 201,
    headers: {
      authorization: `Basic ${Buffer.from(`${SID}:bench`).toString('base64')}`,
      'content-type': 'application/x-www-form-urlencoded',
    },
    body: (to) => new URLSearchParams({ To: to, From: '+17205550110', Body: TEXT }).toString(),
  },
  {
    name: 'Telnyx',
    account: 'bench',
    settings: { carrier: 'telnyx', apiKey: 'KEYbench', numbers: [{ e164: '+17205550160' }] },
    path: '/v2/messages',
    accepted: 200,
    headers: { authorization: 'Bearer KEYbench', 'content-type': 'application/json' },
    body: (to) => JSON.stringify({ to, from: '+17205550160', text: TEXT }),
  },
];

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
  for (const carrier of CARRIERS) await measure(carrier);
} finally {
  emulator.stdin.end();
  await new Promise((resolve) => emulator.once('exit', resolve));
  rmSync(folder, { recursive: true });
}
process.exit(0);

async function measure(carrier: Carrier): Promise<void> {
  await fetch(`${url}/emulator/api/accounts/${carrier.account}`, {
    method: 'PUT',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(carrier.settings),
  });
  const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS });
  const times: number[] = [];
  let next = 0;
  const began = performance.now();
  await Promise.all(
    Array.from({ length: CONNECTIONS }, async () => {
      while (next < SENDS) times.push(await post(agent, carrier, carrier.body(`+1303555${1000 + (next++ % 9000)}`)));
    }),
  );
  const seconds = (performance.now() - began) / 1000;
  agent.destroy();
  times.sort((a, b) => a - b);
  const at = (share: number) => (times[Math.floor(times.length * share)] ?? 0).toFixed(1);
  process.stdout.write(
    `${carrier.name}: ${SENDS} sends, ${Math.round(SENDS / seconds)} a second, p50 ${at(0.5)} ms, p99 ${at(0.99)} ms over ${CONNECTIONS} connections\n`,
  );
}

function post(agent: Agent, { path, accepted, headers }: Carrier, body: string): Promise<number> {
  const sent = performance.now();
  return new Promise((resolve, reject) => {
    const outgoing = request(url + path, {
      agent,
      method: 'POST',
      headers: { ...headers, 'content-length': Buffer.byteLength(body) },
    });
    outgoing.on('error', reject);
    outgoing.on('response', (response) => {
      response.resume();
      response.on('end', () => {
        if (response.statusCode === accepted) resolve(performance.now() - sent);
        else reject(new Error(`a send was answered ${response.statusCode}`));
      });
    });
    outgoing.end(body);
  });
}
