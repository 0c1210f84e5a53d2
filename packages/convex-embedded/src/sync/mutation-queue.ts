import type { JSONValue } from 'convex/values';
import { toClientError } from '../errors.ts';
import type { MutationFailure } from '../functions/executor.ts';
import { MAX_QUEUED_MUTATIONS } from '../limits.ts';
import { pause } from '../yield.ts';
import type { Connection, SyncServices } from './connection.ts';
import { encodeTs } from './protocol.ts';

interface Queued {
  readonly requestId: number;
  readonly path: string;
  readonly args: JSONValue;
}

/**
 * The mutations of one connection: run one after the other in the order of arrival, each as soon
 * as the one before is committed in memory; answered, in the same order, when durable.
 */
export class MutationQueue {
  private readonly services: SyncServices;
  private readonly connection: Connection;
  private queue: Queued[] = [];
  private running = false;
  private open = true;
  private answers: Promise<void> = Promise.resolve();
  private unanswered = 0;

  constructor(services: SyncServices, connection: Connection) {
    this.services = services;
    this.connection = connection;
  }

  /** Adds a mutation. Throws if too many wait. */
  add(mutation: Queued): void {
    if (this.queue.length + this.unanswered >= MAX_QUEUED_MUTATIONS) {
      throw new Error(`Too many mutations in flight on one connection (limit: ${MAX_QUEUED_MUTATIONS}).`);
    }
    this.queue.push(mutation);
    if (!this.running) void this.work();
  }

  /** Forgets what has not begun: the client sends it again over its next socket. */
  close(): void {
    this.open = false;
    this.queue = [];
  }

  private async work(): Promise<void> {
    this.running = true;
    let since = performance.now();
    for (let next = this.queue.shift(); next && this.open; next = this.queue.shift()) {
      await this.run(next);
      // Mutations do no I/O, so a full queue would otherwise hold up everybody else.
      if (performance.now() - since > 5) {
        await pause();
        since = performance.now();
      }
    }
    this.running = false;
  }

  private async run({ requestId, path, args }: Queued): Promise<void> {
    const { executor, expose, log } = this.services;
    const { session, identity } = this.connection;
    const head = `{"type":"MutationResponse","requestId":${Number(requestId)}`;
    const lines = (logLines: string[]) => (expose ? JSON.stringify(logLines) : '[]');
    try {
      const run = await executor.runMutation(
        { path, args, identity, internal: false, meta: this.connection.meta },
        // Whoever does not say which session it is cannot ask again; its numbers may be somebody else's.
        session === '' ? null : { session, request: requestId },
      );
      const text = `${head},"success":true,"result":${run.json},"ts":"${encodeTs(run.ts)}","logLines":${lines(run.logLines)}}`;
      this.answer(run.ts, text, true);
    } catch (failure) {
      const { error, ts, logLines } = failure as MutationFailure;
      const { message, data } = toClientError(error, expose, path, log);
      const errorData = data === undefined ? '' : `,"errorData":${JSON.stringify(data)}`;
      const text = `${head},"success":false,"result":${JSON.stringify(message)}${errorData},"logLines":${lines(logLines)}}`;
      this.answer(ts, text, false);
    }
  }

  /** Answers when everything that the mutation may have seen is durable. */
  private answer(ts: bigint, text: string, transition: boolean): void {
    const { engine } = this.services;
    this.unanswered++;
    const durable = engine.durable(ts);
    this.answers = this.answers
      .then(() => durable)
      .then(
        () => {
          this.unanswered--;
          if (!this.open) return;
          this.connection.outbox.send(text);
          // The client's promise resolves at the first transition to this time.
          if (transition) this.connection.oweTransition();
        },
        () => this.connection.end(1011, 'InternalServerError: the log cannot be written'),
      );
  }
}
