import { Worker } from 'node:worker_threads';
import { type LogPosition, type LogReply, type LogRequest, LogWriter, type SyncMode } from './log-writer.ts';
import type { Storage } from './storage.ts';

/** The way to the writer of the log. */
export interface LogChannel {
  post(request: LogRequest): void;
  onReply: (reply: LogReply) => void;
}

/** A writer in a thread of its own. */
export function workerChannel(dir: string, at: LogPosition, mode: SyncMode): LogChannel {
  const worker = new Worker(new URL('./worker.ts', import.meta.url), { workerData: { dir, at, mode } });
  const channel: LogChannel = {
    post: (request) => worker.postMessage(request),
    onReply: () => undefined,
  };
  worker.on('message', (reply: LogReply) => channel.onReply(reply));
  worker.on('error', (error) => channel.onReply({ type: 'failed', message: error.message }));
  return channel;
}

/** A writer in this thread, for tests: requests wait until `run` is called. */
export class DirectChannel implements LogChannel {
  onReply: (reply: LogReply) => void = () => undefined;
  private readonly writer: LogWriter;
  private waiting: LogRequest[] = [];
  private readonly automatic: boolean;

  constructor(storage: Storage, at: LogPosition, mode: SyncMode, automatic: boolean) {
    this.writer = new LogWriter(storage, at, mode);
    this.automatic = automatic;
  }

  post(request: LogRequest): void {
    this.waiting.push(request);
    if (this.automatic && this.waiting.length === 1) setImmediate(() => this.run());
  }

  /** Does what has been asked so far. Returns whether there was anything. */
  run(): boolean {
    const requests = this.waiting;
    this.waiting = [];
    if (requests.length === 0) return false;
    this.onReply(this.writer.handle(requests));
    return true;
  }
}
