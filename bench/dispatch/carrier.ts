import { spawn } from 'node:child_process';
import path from 'node:path';

/** The carrier emulator as a process of its own. */
export interface EmulatorProcess {
  url: string;
  stop(): void;
}

export async function startEmulatorProcess(): Promise<EmulatorProcess> {
  const cli = path.resolve(import.meta.dirname, '../../packages/carrier-emulator/src/cli.ts');
  const child = spawn(process.execPath, [cli, '--port', '0', '--exit-with-stdin'], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const url = await new Promise<string>((resolve, reject) => {
    child.once('exit', (code) => reject(new Error(`The emulator ended with ${code}`)));
    child.stdout.on('data', (chunk: Buffer) => {
      const found = /listening on (\S+)/.exec(chunk.toString())?.[1];
      if (found !== undefined) resolve(found);
    });
  });
  return { url, stop: () => child.stdin.end() };
}

/** Tells the emulator of an account. It reports nothing on its texts: sending is what is measured. */
export async function registerAccount(
  emulator: EmulatorProcess,
  account: { accountSid: string; authToken: string; number: string },
): Promise<void> {
  await control(emulator, 'PUT', `/accounts/${account.accountSid}`, {
    carrier: 'twilio',
    authToken: account.authToken,
    limits: { requestsPerSecond: null, concurrency: null, segmentsPerSecond: null },
    numbers: [{ e164: account.number }],
  });
  await control(emulator, 'POST', '/faults', {
    accountSid: account.accountSid,
    faults: { 'webhook:drop': { probability: 1 } },
  });
}

/** Texts the emulator has taken since its start. */
export async function countTexts(emulator: EmulatorProcess): Promise<number> {
  const { messages } = (await control(emulator, 'GET', '/health')) as { messages: number };
  return messages;
}

async function control(emulator: EmulatorProcess, method: string, where: string, body?: unknown): Promise<unknown> {
  const answer = await fetch(`${emulator.url}/emulator/api${where}`, {
    method,
    ...(body === undefined ? {} : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
  });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`The emulator answers ${answer.status}: ${text}`);
  return text === '' ? null : JSON.parse(text);
}
