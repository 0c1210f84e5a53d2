import type { JSONValue } from 'convex/values';
import { StartError } from '../errors.ts';
import type { RequestRecord } from '../store.ts';
import { type LogPosition, logName, MARK_FILE, snapshotName } from './log-writer.ts';
import { decodeMark, RecordReader } from './record.ts';
import type { Storage } from './storage.ts';

type DocumentJson = { [field: string]: JSONValue };

/** What the files of a data directory say. */
export interface Recovered {
  /** Newest timestamp in nanoseconds. */
  ts: bigint;
  readonly tables: Map<string, number>;
  /** Documents by table name and id. */
  readonly documents: Map<string, Map<string, DocumentJson>>;
  readonly requests: { record: RequestRecord; ts: bigint }[];
  /** Bytes of writes that were cut short by a crash and had not been acknowledged. */
  droppedBytes: number;
  /** Bytes of log that were replayed. */
  replayedBytes: number;
  /** Where the log goes on. */
  position: LogPosition;
}

interface CommitRecord {
  ts: string;
  w?: [string, string, DocumentJson | null][];
  t?: [string, number][];
  r?: [string, number, JSONValue];
}

interface SnapshotRecord {
  ts?: string;
  t?: [string, number][];
  n?: string;
  d?: DocumentJson[];
  r?: [string, number, JSONValue];
  end?: number;
}

function numbers(names: string[], kind: 'log' | 'snapshot'): number[] {
  const pattern = new RegExp(`^${kind}-(\\d{8})$`);
  return names
    .map((name) => Number(pattern.exec(name)?.[1] ?? Number.NaN))
    .filter((n) => !Number.isNaN(n))
    .sort((a, b) => a - b);
}

function damaged(file: string, detail: string): StartError {
  return new StartError(
    `The data file ${file} is damaged: ${detail}. It holds changes that were acknowledged, so starting would lose them. ` +
      'Restore the data directory from a backup; or start with --salvage to go on with what comes before the damage (the damaged file is kept).',
  );
}

/** Reads a data directory. Throws `StartError` if acknowledged data is damaged, unless `salvage`. */
export function recover(storage: Storage, salvage: boolean): Recovered {
  const state: Recovered = {
    ts: 0n,
    tables: new Map(),
    documents: new Map(),
    requests: [],
    droppedBytes: 0,
    replayedBytes: 0,
    position: { log: 1, length: 0 },
  };
  for (const name of storage.list()) if (name.endsWith('.tmp')) storage.remove(name);
  const names = storage.list();
  const mark = decodeMark(storage.read(MARK_FILE));
  const snapshot = numbers(names, 'snapshot').at(-1) ?? null;
  if (snapshot !== null) readSnapshot(storage, snapshot, state, salvage);
  const first = snapshot ?? 1;
  const logs = numbers(names, 'log').filter((n) => n >= first);
  const last = logs.at(-1) ?? 0;
  if (last < mark.log) {
    if (!salvage) throw damaged(logName(mark.log), 'it is missing');
  }
  for (let number = first; number <= last; number++) {
    if (!replay(storage, number, number === last, mark, state, salvage)) break;
  }
  if (last === 0) state.position = { log: first, length: 0 };
  if (salvage) storage.remove(MARK_FILE);
  return state;
}

/** The length that the next log's header gives for this one; null if the next header is not whole. */
function lengthByNext(storage: Storage, number: number): number | null {
  const header = new RecordReader(storage.read(logName(number + 1)) ?? new Uint8Array()).next();
  return header === null ? null : ((JSON.parse(header) as { previous: number | null }).previous ?? null);
}

/** Applies one log. Returns false if replay has to end there. */
function replay(
  storage: Storage,
  number: number,
  isLast: boolean,
  mark: { log: number; length: number },
  state: Recovered,
  salvage: boolean,
): boolean {
  const name = logName(number);
  const bytes = storage.read(name);
  const reader = new RecordReader(bytes ?? new Uint8Array());
  let next: number | null = null;
  let ends = isLast;
  if (!isLast) {
    next = lengthByNext(storage, number);
    // A crash while the next log was being made: nothing was written to it.
    if (next === null && mark.log <= number) ends = true;
    else if (next === null && !salvage) throw damaged(logName(number + 1), 'its header cannot be read');
  }
  const header = reader.next();
  if (header !== null)
    for (let json = reader.next(); json !== null; json = reader.next()) apply(JSON.parse(json) as CommitRecord, state);
  const acknowledged = next ?? (mark.log === number ? mark.length : 0);
  const size = bytes?.length ?? 0;
  state.replayedBytes += reader.position;
  const short = reader.position < acknowledged || (bytes === null && mark.log >= number);
  if (short && !salvage) {
    throw damaged(name, `byte ${reader.position} of ${acknowledged} that were acknowledged cannot be read`);
  }
  state.position = { log: number, length: reader.position };
  if (!ends && !short && next !== null) return true;
  if (short && bytes) keepDamaged(storage, name, bytes);
  state.droppedBytes += size - reader.position;
  for (const later of numbers(storage.list(), 'log').filter((n) => n > number)) {
    const content = storage.read(logName(later)) ?? new Uint8Array();
    if (short) keepDamaged(storage, logName(later), content);
    storage.remove(logName(later));
  }
  return false;
}

function keepDamaged(storage: Storage, name: string, bytes: Uint8Array): void {
  const copy = storage.open(`${name}.damaged-${Date.now()}`);
  copy.write(bytes, 0);
  copy.sync();
  copy.close();
}

function apply(record: CommitRecord, state: Recovered): void {
  for (const [name, number] of record.t ?? []) state.tables.set(name, number);
  for (const [table, id, document] of record.w ?? []) {
    const documents = documentsOf(state, table);
    if (document === null) documents.delete(id);
    else documents.set(id, document);
  }
  const ts = BigInt(record.ts);
  if (record.r) addRequest(state, record.r, ts);
  if (ts > state.ts) state.ts = ts;
}

function addRequest(state: Recovered, [session, request, result]: [string, number, JSONValue], ts: bigint): void {
  state.requests.push({ record: { session, request, result: JSON.stringify(result) }, ts });
}

function documentsOf(state: Recovered, table: string): Map<string, DocumentJson> {
  let documents = state.documents.get(table);
  if (!documents) {
    documents = new Map();
    state.documents.set(table, documents);
  }
  return documents;
}

function readSnapshot(storage: Storage, number: number, state: Recovered, salvage: boolean): void {
  const name = snapshotName(number);
  const reader = new RecordReader(storage.read(name) ?? new Uint8Array());
  let count = 0;
  let whole = false;
  for (let json = reader.next(); json !== null; json = reader.next()) {
    const record = JSON.parse(json) as SnapshotRecord;
    if (record.end !== undefined) whole = record.end === count;
    count++;
    for (const [table, tableNumber] of record.t ?? []) state.tables.set(table, tableNumber);
    for (const document of record.d ?? []) documentsOf(state, record.n as string).set(document._id as string, document);
    if (record.r) addRequest(state, record.r, BigInt(record.ts as string));
    else if (record.ts !== undefined) state.ts = BigInt(record.ts);
  }
  state.replayedBytes += reader.position;
  if ((!whole || !reader.atEnd) && !salvage) throw damaged(name, `byte ${reader.position} cannot be read`);
}
