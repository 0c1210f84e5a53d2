import type { Catalog, Doc, TableDefinition } from './catalog.ts';
import type { Tree } from './tree.ts';

/** The whole database at one timestamp: a tree for every index, by slot. */
export interface Snapshot {
  /** Nanoseconds since 1970; strictly increasing from commit to commit and across restarts. */
  readonly ts: bigint;
  readonly trees: readonly (Tree<Doc> | undefined)[];
}

/** One document changed by a transaction. */
export interface Write {
  readonly table: TableDefinition;
  readonly id: string;
  /** The document before the transaction. */
  old: Doc | null;
  next: Doc | null;
}

/** An interval of an index that was read: `[low, high)`. */
export interface ReadRange {
  readonly slot: number;
  low: string;
  high: string;
}

/** Everything a function read, including what it looked for and did not find. */
export interface ReadSet {
  /** Keys in `by_id` indexes, by slot. */
  readonly points: Map<number, Set<string>>;
  readonly ranges: ReadRange[];
}

/** An empty read set. */
export function newReadSet(): ReadSet {
  return { points: new Map(), ranges: [] };
}

/** A mutation's entry in the table that makes it happen once. */
export interface RequestRecord {
  readonly session: string;
  readonly request: number;
  /** JSON form of the mutation's result. */
  readonly result: string;
}

/** A committed transaction on its way to the log and to the subscribers. */
export interface Commit {
  readonly snapshot: Snapshot;
  readonly writes: readonly Write[];
  readonly request: RequestRecord | null;
}

/** Two transactions read and wrote the same things; the one that gets this runs again. */
export class ConflictError extends Error {
  constructor() {
    super('Documents read by this mutation changed while it was running.');
    this.name = 'ConflictError';
  }
}

const REMEMBERED_COMMITS = 4096;

function touches(reads: ReadSet, doc: Doc, table: TableDefinition): boolean {
  if (reads.points.get(table.byId.slot)?.has(doc.keys[0] as string)) return true;
  for (const range of reads.ranges) {
    const at = range.slot - table.byId.slot;
    // The slots of one table's indexes follow each other, by_id first.
    if (at < 0 || at >= table.indexes.length) continue;
    const key = doc.keys[at] as string;
    if (key >= range.low && key < range.high) return true;
  }
  return false;
}

/** True if a write changed anything that was read. */
export function writeTouches(reads: ReadSet, write: Write): boolean {
  return (
    (write.old !== null && touches(reads, write.old, write.table)) ||
    (write.next !== null && touches(reads, write.next, write.table))
  );
}

/**
 * Holds the newest committed snapshot (`head`), which mutations read, and the newest durable one
 * (`published`), which everything that is shown to clients reads.
 */
export class Store {
  readonly catalog: Catalog;
  head: Snapshot;
  published: Snapshot;
  private lastCreationTime = 0;
  /** The last advance without a commit: from the newest commit's timestamp. */
  private advanced: { from: bigint; to: bigint } | null = null;
  private recent: Commit[] = [];
  /** Timestamp of the newest commit that is not in `recent` any more. */
  private forgotten = 0n;

  constructor(catalog: Catalog, snapshot: Snapshot, lastCreationTime: number) {
    this.catalog = catalog;
    this.head = snapshot;
    this.published = snapshot;
    this.lastCreationTime = lastCreationTime;
  }

  /** The timestamp of the next commit. */
  nextTs(): bigint {
    const now = BigInt(Date.now()) * 1_000_000n;
    return now > this.head.ts ? now : this.head.ts + 1n;
  }

  /** Moves the clock forward without a change, for a client that has seen a later timestamp. */
  advanceTo(ts: bigint): void {
    if (ts <= this.head.ts) return;
    const allPublished = this.published.trees === this.head.trees;
    const from = this.advanced?.to === this.head.ts ? this.advanced.from : this.head.ts;
    this.advanced = { from, to: ts };
    this.head = { ts, trees: this.head.trees };
    if (allPublished) this.published = this.head;
  }

  /**
   * Throws `ConflictError` if something in `reads` was changed after `base`.
   * A base older than what is remembered counts as changed.
   */
  checkConflicts(reads: ReadSet, base: Snapshot): void {
    if (base === this.head) return;
    for (let i = this.recent.length - 1; i >= 0; i--) {
      const commit = this.recent[i] as Commit;
      if (commit.snapshot.ts <= base.ts) return;
      for (const write of commit.writes) if (writeTouches(reads, write)) throw new ConflictError();
    }
    if (this.forgotten > base.ts) throw new ConflictError();
  }

  /** Makes a commit the head. */
  install(commit: Commit): void {
    this.head = commit.snapshot;
    this.recent.push(commit);
    if (this.recent.length > REMEMBERED_COMMITS * 2) {
      const dropped = this.recent.splice(0, REMEMBERED_COMMITS);
      this.forgotten = (dropped[dropped.length - 1] as Commit).snapshot.ts;
    }
  }

  /** Makes a durable snapshot the one that clients see. */
  publish(snapshot: Snapshot): void {
    const { ts, trees } = snapshot;
    // Between the last commit before an advance and the advance there is nothing.
    const { from, to } = this.advanced ?? { from: ts, to: ts };
    const at = ts >= from && ts < to ? to : ts;
    if (at > this.published.ts) this.published = at === ts ? snapshot : { ts: at, trees };
  }

  /** A creation time in milliseconds at or after `now` that no document has yet. */
  nextCreationTime(now: number): number {
    this.lastCreationTime = now > this.lastCreationTime ? now : nextFloat(this.lastCreationTime);
    return this.lastCreationTime;
  }
}

const float = new Float64Array(1);
const floatBits = new BigInt64Array(float.buffer);

function nextFloat(n: number): number {
  float[0] = n;
  floatBits[0] = (floatBits[0] as bigint) + 1n;
  return float[0] as number;
}
