import { EventEmitter } from 'node:events';
import type { WebSocket } from 'ws';
import { Connection, type SyncServices } from '../../src/sync/connection.ts';
import { decodeTs } from '../../src/sync/protocol.ts';
import type { Step } from './model.ts';

/** The queries that every client of the simulation has open. */
export const QUERIES = [
  { path: 'cells:all', args: {} },
  { path: 'cells:between', args: { low: 'b', high: 'd' } },
  { path: 'cells:committed', args: {} },
] as const;

/** One view of a client: the timestamp and the results of all its queries. */
export interface View {
  ts: bigint;
  results: string[];
}

interface Sent {
  steps: Step[];
  /** Set when it was answered: the commit's timestamp and what the transaction saw. */
  answer: { ts: bigint; seen: number[] } | null;
}

interface Incoming {
  type: string;
  startVersion: { querySet: number; identity: number; ts: string };
  endVersion: { querySet: number; identity: number; ts: string };
  modifications: { type: string; queryId: number; value: unknown }[];
  requestId: number;
  success: boolean;
  result: unknown;
  ts: string;
}

/**
 * A client that keeps the rules the official one keeps: versions follow each other, mutations not
 * yet seen in a view are sent again over the next socket. Its socket is an object in memory.
 */
export class SimClient {
  readonly session: string;
  readonly views: View[] = [];
  /** Mutations whose effect has not been seen, by request id. */
  readonly pending = new Map<number, Sent>();
  /** Mutations whose promise the official client would have resolved. */
  readonly acknowledged: { tag: string; seen: number[] }[] = [];
  readonly refused: string[] = [];
  private nextRequest = 0;
  private version = { querySet: 0, identity: 0, ts: 'AAAAAAAAAAA=' };
  private results = new Map<number, string>();
  private observed: string | null = null;
  private socket: EventEmitter | null = null;
  private generation = 0;

  constructor(session: string) {
    this.session = session;
  }

  get connected(): boolean {
    return this.socket !== null;
  }

  tag(requestId: number): string {
    return `${this.session}/${requestId}`;
  }

  /** Opens a socket to a server and sends what the official client sends. */
  connect(services: SyncServices): void {
    const generation = ++this.generation;
    const socket = Object.assign(new EventEmitter(), {
      readyState: 1,
      OPEN: 1,
      close: () => socket.emit('close'),
      terminate: () => socket.emit('close'),
    });
    const stream = {
      writableLength: 0,
      write: (bytes: Buffer) => {
        // As a network does: later, and not at all once the connection is gone.
        setImmediate(() => {
          if (this.generation === generation && this.socket) this.read(bytes);
        });
      },
    };
    this.socket = socket;
    this.version = { querySet: 0, identity: 0, ts: 'AAAAAAAAAAA=' };
    this.results = new Map();
    new Connection(services, socket as unknown as WebSocket, stream, { ip: null, userAgent: null });
    this.write({
      type: 'Connect',
      sessionId: this.session,
      connectionCount: generation - 1,
      lastCloseReason: null,
      clientTs: 0,
      ...(this.observed === null ? {} : { maxObservedTimestamp: this.observed }),
    });
    const modifications = QUERIES.map(({ path, args }, queryId) => ({
      type: 'Add',
      queryId,
      udfPath: path,
      args: [args],
    }));
    this.write({ type: 'ModifyQuerySet', baseVersion: 0, newVersion: 1, modifications });
    for (const requestId of this.pending.keys()) this.sendRequest(requestId);
  }

  /** Loses the socket. */
  cut(): void {
    const { socket } = this;
    this.socket = null;
    socket?.emit('close');
  }

  /** Asks for a transaction; sent now or over the next socket. Returns its tag. */
  mutate(steps: Step[]): string {
    const requestId = this.nextRequest++;
    this.pending.set(requestId, { steps, answer: null });
    if (this.socket) this.sendRequest(requestId);
    return this.tag(requestId);
  }

  private sendRequest(requestId: number): void {
    const { steps } = this.pending.get(requestId) as Sent;
    this.write({ type: 'Mutation', requestId, udfPath: 'cells:run', args: [{ tag: this.tag(requestId), steps }] });
  }

  private write(message: object): void {
    this.socket?.emit('message', JSON.stringify(message));
  }

  private read(bytes: Buffer): void {
    for (let at = 0; at < bytes.length; ) {
      const short = (bytes[at + 1] as number) & 127;
      const head = short < 126 ? 2 : short === 126 ? 4 : 10;
      const length =
        short < 126 ? short : short === 126 ? bytes.readUInt16BE(at + 2) : Number(bytes.readBigUInt64BE(at + 2));
      this.receive(JSON.parse(bytes.toString('utf8', at + head, at + head + length)) as Incoming);
      at += head + length;
    }
  }

  private receive(message: Incoming): void {
    if (message.type === 'MutationResponse') this.answered(message);
    else if (message.type === 'Transition') this.moved(message);
    else throw new Error(`${this.session} received ${JSON.stringify(message)}`);
  }

  private answered({ requestId, success, result, ts }: Incoming): void {
    const sent = this.pending.get(requestId);
    if (!sent) throw new Error(`${this.tag(requestId)} was answered twice on one connection`);
    if (success) {
      sent.answer = { ts: decodeTs(ts), seen: result as number[] };
    } else {
      this.pending.delete(requestId);
      this.refused.push(this.tag(requestId));
    }
  }

  private moved({ startVersion, endVersion, modifications }: Incoming): void {
    if (JSON.stringify(startVersion) !== JSON.stringify(this.version)) {
      throw new Error(
        `${this.session}: a transition starts at ${JSON.stringify(startVersion)}, not where the last ended`,
      );
    }
    this.version = endVersion;
    const ts = decodeTs(endVersion.ts);
    if (this.observed === null || ts > decodeTs(this.observed)) this.observed = endVersion.ts;
    for (const { queryId, value } of modifications) this.results.set(queryId, JSON.stringify(value));
    this.views.push({ ts, results: QUERIES.map((_, queryId) => this.results.get(queryId) ?? 'none') });
    for (const [requestId, { answer }] of this.pending) {
      if (answer === null || answer.ts > ts) continue;
      this.pending.delete(requestId);
      this.acknowledged.push({ tag: this.tag(requestId), seen: answer.seen });
    }
  }
}
