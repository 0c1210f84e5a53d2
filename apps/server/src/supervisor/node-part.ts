/** A part that is a Node program of ours. It ends when its standard input closes, so that it never outlives the supervisor. */
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { endWithParentPrefix } from '../platform/end-with-parent.ts';
import { EndedEarly, type Exit, type Part, type RunningPart } from './part.ts';

export type NodePartOptions = {
  name: string;
  needs?: readonly string[];
  script: string;
  words?: readonly string[];
  env: Readonly<Record<string, string>>;
  /** Answers 200 when the part is ready. */
  readyUrl: string;
  log: (line: string, stream: 'out' | 'err') => void;
  /** Milliseconds after which a start that is not ready is given up. */
  readyWithin?: number;
};

const READY_WITHIN = 120_000;
const ASK_EVERY = 50;

export function nodePart(options: NodePartOptions): Part {
  return { name: options.name, needs: options.needs ?? [], start: (signal) => start(options, signal) };
}

async function start(options: NodePartOptions, signal: AbortSignal): Promise<RunningPart> {
  signal.throwIfAborted();
  const [program = '', ...words] = [
    // Its standard input tells it too, but only while it can still listen.
    ...(endWithParentPrefix('KILL') ?? []),
    process.execPath,
    options.script,
    ...(options.words ?? []),
  ];
  // Its own process group: a Ctrl-C in the terminal is for the supervisor, which ends its children in order.
  const child = spawn(program, words, { env: options.env, stdio: ['pipe', 'pipe', 'pipe'], detached: true });
  child.stdin.on('error', () => undefined);

  const lastLines: string[] = [];
  for (const stream of ['out', 'err'] as const) {
    createInterface({ input: stream === 'out' ? child.stdout : child.stderr }).on('line', (line) => {
      lastLines.push(line);
      if (lastLines.length > 15) lastLines.shift();
      options.log(line, stream);
    });
  }
  const exited = new Promise<Exit>((resolve) => {
    child.once('close', (code, signalName) => resolve({ code, signal: signalName }));
    child.once('error', (error) => {
      lastLines.push(error.message);
      resolve({ code: null, signal: null });
    });
  });
  const running: RunningPart = {
    pid: child.pid ?? 0,
    exited,
    async stop(patience) {
      child.kill('SIGTERM');
      child.stdin.end();
      const end = setTimeout(() => killGroup(child.pid), patience);
      await exited;
      clearTimeout(end);
      // What it started itself, if it started anything.
      killGroup(child.pid);
    },
  };

  const over = new AbortController();
  const early = exited.then((exit) => {
    over.abort();
    throw new EndedEarly(options.name, exit, lastLines);
  });
  try {
    await Promise.race([early, untilReady(options, AbortSignal.any([signal, over.signal]))]);
  } catch (error) {
    if (!(error instanceof EndedEarly)) await running.stop(1_000);
    throw error;
  } finally {
    over.abort();
    early.catch(() => undefined);
  }
  return running;
}

async function untilReady(
  { name, readyUrl, readyWithin = READY_WITHIN }: NodePartOptions,
  signal: AbortSignal,
): Promise<void> {
  const began = Date.now();
  let said = 'it does not answer';
  for (;;) {
    try {
      const answer = await fetch(readyUrl, { signal: AbortSignal.any([signal, AbortSignal.timeout(5_000)]) });
      const text = await answer.text();
      if (answer.ok) return;
      said = `${answer.status} ${text.slice(0, 500)}`;
    } catch {
      // Not listening yet. Whether we are still wanted is asked below.
      signal.throwIfAborted();
    }
    if (Date.now() - began > readyWithin) {
      throw new Error(`The ${name} is not ready after ${Math.round(readyWithin / 1000)} s: ${said}`);
    }
    await sleep(ASK_EVERY, undefined, { signal });
  }
}

function killGroup(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
