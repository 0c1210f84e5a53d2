import { Catalog, type Doc, makeDoc, type SchemaExport, type TableDefinition } from './catalog.ts';
import { type Logger, StartError } from './errors.ts';
import { takeLock } from './lock.ts';
import { DirectChannel, type LogChannel, workerChannel } from './log/channel.ts';
import type { CommitLog } from './log/commit-log.ts';
import { FileLog } from './log/file-log.ts';
import type { SyncMode } from './log/log-writer.ts';
import { type Recovered, recover } from './log/recover.ts';
import { FileStorage, type Storage } from './log/storage.ts';
import type { Metrics } from './metrics.ts';
import { RequestMemory } from './requests.ts';
import { Store } from './store.ts';
import { type Tree, treeFromSorted } from './tree.ts';
import { fromJson, type ValueObject } from './values/json.ts';

/** Where and how safely data is kept. */
export interface StorageOptions {
  /** Directory of the log; null or absent: memory only. */
  dataDir?: string | null;
  /** `full` (default): on the disk before it is acknowledged. `off`: handed to the system. */
  sync?: SyncMode;
  /** Start with what comes before the damage if the log is damaged. Default false. */
  salvage?: boolean;
  /** For tests: a storage in place of a directory. */
  storage?: Storage;
  /** For tests: called with the way to the writer of `storage`, which then waits for `run()`. */
  onChannel?: (channel: DirectChannel) => void;
}

/** A store with its log. */
export interface OpenedStore {
  readonly store: Store;
  readonly requests: RequestMemory;
  readonly log: CommitLog | null;
  close(): Promise<void>;
}

/** A log is compacted at start if it is above this many bytes. */
const COMPACT_AT_START = 4 << 20;

/** Opens the data of a deployment. Throws `StartError` if it is in use, damaged, or does not fit the schema. */
export async function openStore(
  schema: SchemaExport | null,
  options: StorageOptions,
  metrics: Metrics,
  log: Logger,
): Promise<OpenedStore> {
  const dir = options.dataDir ?? null;
  if (dir === null && !options.storage) return openMemory(schema);
  const release = dir === null ? () => undefined : takeLock(dir);
  try {
    const storage = options.storage ?? new FileStorage(dir as string);
    const recovered = recover(storage, options.salvage === true);
    if (recovered.droppedBytes > 0) {
      metrics.droppedBytes = recovered.droppedBytes;
      log('warn', 'dropped the unacknowledged end of the log', { bytes: recovered.droppedBytes });
    }
    const mode = options.sync ?? 'full';
    const fileLog = new FileLog(openChannel(options, dir, storage, recovered, mode), metrics);
    const catalog = new Catalog(schema, recovered.tables);
    catalog.onNewTable = (name, number) => fileLog.addTable(name, number);
    catalog.defineAll();
    const store = buildStore(catalog, recovered);
    const requests = new RequestMemory();
    for (const { record, ts } of recovered.requests) requests.add(record, ts);
    fileLog.compactFrom(store, requests);
    await markStart(store, fileLog);
    if (recovered.replayedBytes > COMPACT_AT_START && recovered.position.length > COMPACT_AT_START)
      await fileLog.compact();
    const close = async () => {
      await fileLog.close();
      release();
    };
    return { store, requests, log: fileLog, close };
  } catch (error) {
    release();
    throw error;
  }
}

function openMemory(schema: SchemaExport | null): OpenedStore {
  const catalog = new Catalog(schema, new Map());
  catalog.defineAll();
  const store = new Store(catalog, { ts: BigInt(Date.now()) * 1_000_000n, trees: [] }, 0);
  return { store, requests: new RequestMemory(), log: null, close: async () => undefined };
}

function openChannel(
  options: StorageOptions,
  dir: string | null,
  storage: Storage,
  { position }: Recovered,
  mode: SyncMode,
): LogChannel {
  if (!options.storage) return workerChannel(dir as string, position, mode);
  const channel = new DirectChannel(storage, position, mode, options.onChannel === undefined);
  options.onChannel?.(channel);
  return channel;
}

/** Writes the time of this start, so that no later start can be at an earlier one. */
function markStart(store: Store, log: FileLog): Promise<void> {
  const commit = { snapshot: store.head, writes: [], request: null };
  return new Promise((resolve, reject) => {
    log.onDurable(() => resolve());
    log.onFailure(reject);
    log.append(commit);
  });
}

/** Builds all indexes from the documents, in one sort for each. */
function buildStore(catalog: Catalog, recovered: Recovered): Store {
  const trees: (Tree<Doc> | undefined)[] = [];
  let lastCreationTime = 0;
  for (const [name, documents] of recovered.documents) {
    const table = catalog.define(name);
    const docs: Doc[] = [];
    for (const json of documents.values()) {
      const value = fromJson(json) as ValueObject;
      checkSchema(table, value);
      lastCreationTime = Math.max(lastCreationTime, value._creationTime as number);
      docs.push(makeDoc(table, value, json, JSON.stringify(json)));
    }
    table.indexes.forEach((index, i) => {
      const entries = docs.map((doc): [string, Doc] => [doc.keys[i] as string, doc]);
      entries.sort((a, b) => (a[0] < b[0] ? -1 : 1));
      trees[index.slot] = treeFromSorted(entries);
    });
    documents.clear();
  }
  const now = BigInt(Date.now()) * 1_000_000n;
  const ts = now > recovered.ts ? now : recovered.ts + 1n;
  return new Store(catalog, { ts, trees }, lastCreationTime);
}

function checkSchema(table: TableDefinition, value: ValueObject): void {
  const { _id, _creationTime, ...own } = value;
  const error = table.check(own, '');
  if (error) {
    throw new StartError(
      `Document ${String(_id)} in table "${table.name}" does not match the schema: ${error}\nChange the schema so that it fits the data (make new fields optional), or change the data first.`,
    );
  }
}
