import { encodeMark, frameRecord } from './record.ts';
import type { Storage, StorageFile } from './storage.ts';

/** File names of the log directory. */
export const MARK_FILE = 'durable';
export const logName = (number: number): string => `log-${String(number).padStart(8, '0')}`;
export const snapshotName = (number: number): string => `snapshot-${String(number).padStart(8, '0')}`;

/** `full`: synced before it counts as durable. `off`: written, not synced. */
export type SyncMode = 'full' | 'off';

/** What the main thread asks of the writer. `seq` numbers come back when done. */
export type LogRequest =
  | { type: 'append'; seq: number; bytes: Uint8Array }
  | { type: 'rotate'; seq: number }
  | { type: 'snapshot'; seq: number; bytes: Uint8Array; end: boolean }
  | { type: 'close'; seq: number };

/** What comes back. */
export type LogReply =
  | { type: 'done'; seq: number; logLength: number; syncMs: number; syncs: number }
  | { type: 'failed'; message: string };

/** Where to go on writing. */
export interface LogPosition {
  /** Number of the log to append to. */
  readonly log: number;
  /** Its length in bytes; 0 if it is to be made. */
  readonly length: number;
}

/**
 * Writes the log: appends batches, syncs, then moves the mark. The mark is written after the
 * sync and before the acknowledgement, so everything acknowledged lies before it.
 */
export class LogWriter {
  private readonly storage: Storage;
  private readonly mode: SyncMode;
  private number: number;
  private length: number;
  private file: StorageFile;
  private readonly markFile: StorageFile;
  private markTurn = 0;
  private snapshot: { file: StorageFile; length: number } | null = null;
  private syncs = 0;
  private syncMs = 0;

  constructor(storage: Storage, at: LogPosition, mode: SyncMode) {
    this.storage = storage;
    this.mode = mode;
    this.number = at.log;
    this.length = at.length;
    this.file = storage.open(logName(at.log), at.length);
    this.markFile = storage.open(MARK_FILE);
    if (at.length === 0) this.begin(null);
    else this.sync();
    this.mark();
    storage.syncNames();
  }

  /** Handles requests that have queued up, with one sync for all appends among them. */
  handle(requests: readonly LogRequest[]): LogReply {
    let seq = 0;
    try {
      let appends: Uint8Array[] = [];
      const flush = () => {
        if (appends.length > 0) this.append(appends);
        appends = [];
      };
      for (const request of requests) {
        seq = request.seq;
        if (request.type === 'append') {
          appends.push(request.bytes);
          continue;
        }
        flush();
        if (request.type === 'rotate') this.rotate();
        else if (request.type === 'snapshot') this.writeSnapshot(request.bytes, request.end);
        else this.close();
      }
      flush();
    } catch (error) {
      return { type: 'failed', message: (error as Error).message };
    }
    return { type: 'done', seq, logLength: this.length, syncMs: this.syncMs, syncs: this.syncs };
  }

  private begin(previous: number | null): void {
    const header = frameRecord(JSON.stringify({ log: this.number, format: 1, previous }));
    this.file.write(header, 0);
    this.length = header.length;
    this.sync();
  }

  private append(batch: Uint8Array[]): void {
    const bytes = batch.length === 1 ? (batch[0] as Uint8Array) : Buffer.concat(batch);
    this.file.write(bytes, this.length);
    this.length += bytes.length;
    this.sync();
    this.mark();
  }

  private sync(): void {
    if (this.mode === 'off') return;
    const started = performance.now();
    this.file.sync();
    this.syncMs += performance.now() - started;
    this.syncs++;
  }

  private mark(): void {
    // Without syncs nothing is promised, so nothing may be missed later.
    if (this.mode === 'off') return;
    const { bytes, position } = encodeMark({ log: this.number, length: this.length }, this.markTurn++);
    this.markFile.write(bytes, position);
  }

  /** Goes on in a new file, whose header says how long the old one was. */
  private rotate(): void {
    const previous = this.length;
    this.file.close();
    this.number++;
    this.file = this.storage.open(logName(this.number), 0);
    this.begin(previous);
    this.storage.syncNames();
    this.mark();
  }

  /** Writes a part of the snapshot from which the current log goes on; the last part puts it in place. */
  private writeSnapshot(bytes: Uint8Array, end: boolean): void {
    const temporary = `${snapshotName(this.number)}.tmp`;
    this.snapshot ??= { file: this.storage.open(temporary, 0), length: 0 };
    this.snapshot.file.write(bytes, this.snapshot.length);
    this.snapshot.length += bytes.length;
    // Part by part, so that no commit waits for the sync of the whole.
    if (this.mode === 'full') this.snapshot.file.sync();
    if (!end) return;
    this.snapshot.file.close();
    this.snapshot = null;
    this.storage.rename(temporary, snapshotName(this.number));
    this.storage.syncNames();
    for (const name of this.storage.list()) {
      const number = Number(/^(?:log|snapshot)-(\d{8})$/.exec(name)?.[1] ?? Number.NaN);
      if (number < this.number) this.storage.remove(name);
    }
  }

  private close(): void {
    this.file.close();
    this.markFile.close();
  }
}
