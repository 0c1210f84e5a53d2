import type { Metrics } from '../metrics.ts';
import type { RequestMemory } from '../requests.ts';
import type { Commit, Store } from '../store.ts';
import { pause } from '../yield.ts';
import type { LogChannel } from './channel.ts';
import type { CommitLog } from './commit-log.ts';
import type { LogReply, LogRequest } from './log-writer.ts';
import { frameRecord } from './record.ts';
import { snapshotParts } from './snapshot.ts';

/** A log is replaced by a snapshot above this size, and above twice the last snapshot's. */
const COMPACT_ABOVE = 32 << 20;
/** A batch that has grown to this is sent to the writer before the current task ends. */
const SEND_ABOVE = 1 << 16;

interface Batch {
  readonly seq: number;
  readonly ts: bigint;
  readonly since: number;
}

/** The log of a data directory: encodes commits, groups them, and compacts. */
export class FileLog implements CommitLog {
  private readonly channel: LogChannel;
  private readonly metrics: Metrics;
  private durableListener: (ts: bigint) => void = () => undefined;
  private failureListener: (error: Error) => void = () => undefined;
  private seq = 0;
  private tables: [string, number][] = [];
  private pending: Buffer[] = [];
  private pendingBytes = 0;
  private pendingTs = 0n;
  private pendingSince = 0;
  private sending = false;
  private readonly batches: Batch[] = [];
  private readonly waiting: { seq: number; resolve: () => void; reject: (error: Error) => void }[] = [];
  private failed: Error | null = null;
  private compactAbove = COMPACT_ABOVE;
  private compacting: Promise<void> | null = null;
  private closing = false;
  private compactSource: { store: Store; requests: RequestMemory } | null = null;

  constructor(channel: LogChannel, metrics: Metrics) {
    this.channel = channel;
    this.metrics = metrics;
    channel.onReply = (reply) => this.reply(reply);
  }

  onDurable(listener: (ts: bigint) => void): void {
    this.durableListener = listener;
  }

  onFailure(listener: (error: Error) => void): void {
    this.failureListener = listener;
  }

  addTable(name: string, number: number): void {
    this.tables.push([name, number]);
  }

  append(commit: Commit): void {
    if (this.pending.length === 0) this.pendingSince = performance.now();
    const frame = frameRecord(encodeCommit(commit, this.tables));
    this.tables = [];
    this.pending.push(frame);
    this.pendingBytes += frame.length;
    this.pendingTs = commit.snapshot.ts;
    if (this.pendingBytes > SEND_ABOVE) {
      this.send();
    } else if (!this.sending) {
      this.sending = true;
      // After all input that has arrived: mutations that came together, over whichever sockets, are written together.
      setImmediate(() => this.send());
    }
  }

  private send(): void {
    this.sending = false;
    if (this.pending.length === 0) return;
    const bytes = this.pending.length === 1 ? (this.pending[0] as Buffer) : Buffer.concat(this.pending);
    const seq = ++this.seq;
    this.batches.push({ seq, ts: this.pendingTs, since: this.pendingSince });
    this.pending = [];
    this.pendingBytes = 0;
    this.channel.post({ type: 'append', seq, bytes });
  }

  private reply(reply: LogReply): void {
    if (reply.type === 'failed') {
      this.failed = new Error(`The log cannot be written: ${reply.message}`);
      for (const { reject } of this.waiting.splice(0)) reject(this.failed);
      this.failureListener(this.failed);
      return;
    }
    this.metrics.syncs = reply.syncs;
    this.metrics.syncSeconds = reply.syncMs / 1000;
    const now = performance.now();
    let ts = 0n;
    while (this.batches[0] && this.batches[0].seq <= reply.seq) {
      const batch = this.batches.shift() as Batch;
      ts = batch.ts;
      this.metrics.commitSeconds.observe((now - batch.since) / 1000);
    }
    while (this.waiting[0] && this.waiting[0].seq <= reply.seq) this.waiting.shift()?.resolve();
    if (ts > 0n) this.durableListener(ts);
    if (reply.logLength > this.compactAbove) this.compactSoon();
  }

  /** Asks for something and waits until it is done. */
  private ask(request: (seq: number) => LogRequest): Promise<void> {
    if (this.failed) return Promise.reject(this.failed);
    const seq = ++this.seq;
    return new Promise((resolve, reject) => {
      this.waiting.push({ seq, resolve, reject });
      this.channel.post(request(seq));
    });
  }

  /** Tells the log what to write snapshots of. */
  compactFrom(store: Store, requests: RequestMemory): void {
    this.compactSource = { store, requests };
  }

  private compactSoon(): void {
    if (this.compacting || this.closing) return;
    this.compacting = this.compact()
      .catch((error: Error) => {
        if (!this.failed && !this.closing) this.failureListener(error);
      })
      .finally(() => {
        this.compacting = null;
      });
  }

  /** Replaces the log so far by a snapshot, while commits go on. */
  async compact(): Promise<void> {
    if (!this.compactSource) return;
    const { store, requests } = this.compactSource;
    this.send();
    // In the same task: what is in `head` is in the old log or in this snapshot, nothing else is.
    const { head } = store;
    const entries = requests.entries();
    const rotated = this.ask((seq) => ({ type: 'rotate', seq }));
    await rotated;
    let size = 0;
    for (const part of snapshotParts(store.catalog, head, entries)) {
      if (this.closing) return;
      size += part.bytes.length;
      await this.ask((seq) => ({ type: 'snapshot', seq, bytes: part.bytes, end: part.end }));
      await pause();
    }
    this.compactAbove = Math.max(COMPACT_ABOVE, size * 2);
  }

  async close(): Promise<void> {
    this.closing = true;
    this.send();
    await this.compacting;
    if (this.failed) return;
    await this.ask((seq) => ({ type: 'close', seq }));
  }
}

/** The log record of a commit. */
function encodeCommit(commit: Commit, tables: [string, number][]): string {
  let writes = '';
  for (const { table, id, next } of commit.writes) {
    writes += `${writes ? ',' : ''}["${table.name}","${id}",${next === null ? 'null' : next.json}]`;
  }
  const newTables = tables.length > 0 ? `,"t":${JSON.stringify(tables)}` : '';
  const { request } = commit;
  const once = request ? `,"r":[${JSON.stringify(request.session)},${request.request},${request.result}]` : '';
  return `{"ts":"${commit.snapshot.ts}","w":[${writes}]${newTables}${once}}`;
}
