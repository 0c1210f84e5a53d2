import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import WebSocket from 'ws';

/** A process of this package, ready to be connected to. */
export interface Process {
  readonly url: string;
  metrics(): Promise<Record<string, number>>;
  /** CPU time used so far, in milliseconds; 0 where /proc is missing. Steadier than times on a busy machine. */
  cpuMs(): number;
  stop(): Promise<void>;
}

/** Starts a script and waits for the line that holds its URL. */
export async function start(script: string, args: string[]): Promise<Process> {
  const child = spawn(process.execPath, [fileURLToPath(new URL(script, import.meta.url)), ...args], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const url = await new Promise<string>((resolve, reject) => {
    createInterface({ input: child.stdout }).on('line', (line) => {
      const found = /(http|ws):\/\/\S+/.exec(line)?.[0];
      if (found) resolve(found);
    });
    child.once('exit', () => reject(new Error(`${script} ended before it was ready.`)));
  });
  return {
    url,
    metrics: async () => (await (await fetch(`${url}/metrics.json`)).json()) as Record<string, number>,
    cpuMs: () => cpuOf(child.pid as number),
    stop: () =>
      new Promise((resolve) => {
        child.once('exit', () => resolve());
        child.kill('SIGTERM');
      }),
  };
}

function cpuOf(pid: number): number {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
    // User and system time, in ticks of 10 ms.
    return (Number(fields[11]) + Number(fields[12])) * 10;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return 0;
    throw error;
  }
}

/** Starts the server on the fixture functions. */
export function startEmbedded(args: string[]): Promise<Process> {
  const dir = fileURLToPath(new URL('../test/convex', import.meta.url));
  return start('../src/cli.ts', ['--dir', dir, '--port', '0', '--quiet', ...args]);
}

/** Opens a socket. */
export function connect(url: string): Promise<WebSocket> {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(url, { perMessageDeflate: false });
    socket.once('open', () => resolve(socket));
    socket.once('error', reject);
  });
}

let session = 0;

/** A client that speaks the protocol and nothing else, so that clients are not what is measured. */
export class RawClient {
  onTransition: (bytes: number) => void = () => undefined;
  private readonly socket: WebSocket;
  private requestId = 0;
  private querySet = 0;
  private readonly waiting = new Map<number, (message: { success: boolean; result: unknown }) => void>();

  private constructor(socket: WebSocket) {
    this.socket = socket;
    socket.on('message', (data: Buffer) => {
      if (data.subarray(0, 20).includes('Transition')) {
        this.onTransition(data.length);
        return;
      }
      const message = JSON.parse(data.toString()) as {
        type: string;
        requestId: number;
        success: boolean;
        result: unknown;
      };
      if (message.type === 'MutationResponse') {
        this.waiting.get(message.requestId)?.(message);
        this.waiting.delete(message.requestId);
      } else if (message.type === 'FatalError') {
        throw new Error(JSON.stringify(message));
      }
    });
  }

  static async open(url: string): Promise<RawClient> {
    const client = new RawClient(await connect(`${url.replace('http', 'ws')}/api/1.48.0/sync`));
    client.send({
      type: 'Connect',
      sessionId: `bench-${process.pid}-${session++}`,
      connectionCount: 0,
      lastCloseReason: null,
      clientTs: 0,
    });
    return client;
  }

  /** Subscribes and resolves with the first result's transition. */
  subscribe(queries: { path: string; args: object }[]): Promise<void> {
    const first = new Promise<void>((resolve) => {
      this.onTransition = () => resolve();
    });
    const base = this.querySet++;
    const modifications = queries.map(({ path, args }, i) => ({
      type: 'Add',
      queryId: base * 10_000 + i,
      udfPath: path,
      args: [args],
    }));
    this.send({ type: 'ModifyQuerySet', baseVersion: base, newVersion: base + 1, modifications });
    return first;
  }

  mutate(path: string, args: object): Promise<unknown> {
    const requestId = this.requestId++;
    return new Promise((resolve, reject) => {
      this.waiting.set(requestId, (m) => (m.success ? resolve(m.result) : reject(new Error(String(m.result)))));
      this.send({ type: 'Mutation', requestId, udfPath: path, args: [args] });
    });
  }

  close(): void {
    this.socket.close();
  }

  private send(message: object): void {
    this.socket.send(JSON.stringify(message));
  }
}
