import type { JSONValue } from 'convex/values';
import { type Doc, idKey, makeDoc, type TableDefinition } from './catalog.ts';
import {
  documentLimitError,
  MAX_DATABASE_QUERIES,
  MAX_READ_BYTES,
  MAX_READ_DOCUMENTS,
  MAX_SCHEDULED_ARGS_BYTES,
  MAX_SCHEDULED_PER_MUTATION,
  MAX_WRITE_BYTES,
  MAX_WRITE_DOCUMENTS,
} from './limits.ts';
import {
  type Commit,
  newReadSet,
  type ReadSet,
  type RequestRecord,
  type Snapshot,
  type Store,
  type Write,
} from './store.ts';
import { type Edit, newEdit, type Tree, treeDelete, treeGet, treeSet } from './tree.ts';
import { fromJson, holdsCommitTs, type JsonObject, resolveCommitTs, type ValueObject } from './values/json.ts';

/** A point inside a transaction to which it can return. */
export interface Savepoint {
  readonly trees: readonly (Tree<Doc> | undefined)[];
  readonly undo: number;
  readonly jobs: number;
}

/**
 * One run of a function against one snapshot. Writes go to private versions of the index trees,
 * so reads see them, a savepoint is a copy of the array of roots, and a commit onto an unchanged
 * head is the installation of these trees.
 */
export class Transaction {
  readonly store: Store;
  readonly base: Snapshot;
  readonly reads: ReadSet;
  readonly readOnly: boolean;
  private trees: (Tree<Doc> | undefined)[];
  private edit: Edit = newEdit();
  private readonly writes = new Map<string, Write>();
  private readonly undo: { id: string; before: Doc | null | undefined }[] = [];
  private scheduled = 0;
  private scheduledBytes = 0;
  private queries = 0;
  private readBytes = 0;
  private readDocuments = 0;
  private writtenBytes = 0;
  /** Some document waits for the commit's timestamp. */
  private holdsCommitTs = false;

  constructor(store: Store, base: Snapshot, readOnly: boolean, reads: ReadSet = newReadSet()) {
    this.store = store;
    this.base = base;
    this.trees = readOnly ? (base.trees as (Tree<Doc> | undefined)[]) : base.trees.slice();
    this.readOnly = readOnly;
    this.reads = reads;
  }

  /** The current tree of an index, own writes included. */
  tree(slot: number): Tree<Doc> | undefined {
    return this.trees[slot];
  }

  /** The document of that id; the read is recorded, found or not. */
  get(table: TableDefinition, id: string): Doc | null {
    const key = idKey(id);
    const slot = table.byId.slot;
    let points = this.reads.points.get(slot);
    if (!points) {
      points = new Set();
      this.reads.points.set(slot, points);
    }
    points.add(key);
    const doc = treeGet(this.trees[slot], key) ?? null;
    if (doc) this.countRead(doc);
    return doc;
  }

  /** Counts a document against the limits of one transaction; throws when they are passed. */
  countRead(doc: Doc): void {
    this.readDocuments++;
    this.readBytes += doc.json.length;
    if (this.readDocuments > MAX_READ_DOCUMENTS) {
      throw new Error(
        `Too many documents read in a single function execution (limit: ${MAX_READ_DOCUMENTS}). Consider using smaller limits in your queries, paginating your queries, or using indexed queries with a selective index range expressions.`,
      );
    }
    if (this.readBytes > MAX_READ_BYTES) {
      throw new Error(
        `Too many bytes read in a single function execution (limit: ${MAX_READ_BYTES} bytes). Consider using smaller limits in your queries, paginating your queries, or using indexed queries with a selective index range expressions.`,
      );
    }
  }

  /** Counts a call of `db.get` or `db.query`. */
  countQuery(): void {
    if (++this.queries > MAX_DATABASE_QUERIES) {
      throw new Error(
        `Too many database queries in a single function execution (limit: ${MAX_DATABASE_QUERIES} calls of db.get and db.query).`,
      );
    }
  }

  /** Counts a function to be scheduled, and the bytes of its arguments. */
  countScheduled(bytes: number): void {
    if (++this.scheduled > MAX_SCHEDULED_PER_MUTATION) {
      throw new Error(`Too many functions scheduled by this mutation (limit: ${MAX_SCHEDULED_PER_MUTATION}).`);
    }
    this.scheduledBytes += bytes;
    if (this.scheduledBytes > MAX_SCHEDULED_ARGS_BYTES) {
      throw new Error(
        `Arguments of functions scheduled by this mutation are too large (limit: ${MAX_SCHEDULED_ARGS_BYTES} bytes).`,
      );
    }
  }

  /** What is used of each limit, and what is left. */
  metrics(): Record<string, { used: number; remaining: number }> {
    const of = (used: number, limit: number) => ({ used, remaining: Math.max(0, limit - used) });
    return {
      bytesRead: of(this.readBytes, MAX_READ_BYTES),
      bytesWritten: of(this.writtenBytes, MAX_WRITE_BYTES),
      databaseQueries: of(this.queries, MAX_DATABASE_QUERIES),
      documentsRead: of(this.readDocuments, MAX_READ_DOCUMENTS),
      documentsWritten: of(this.writes.size, MAX_WRITE_DOCUMENTS),
      functionsScheduled: of(this.scheduled, MAX_SCHEDULED_PER_MUTATION),
      scheduledFunctionArgsBytes: of(this.scheduledBytes, MAX_SCHEDULED_ARGS_BYTES),
      filesWritten: of(0, 0),
      fileWriteBytes: of(0, 0),
      filesRead: of(0, 0),
      fileReadBytes: of(0, 0),
    };
  }

  /**
   * Checks a document against limits and schema and stores it. `raw` is its JSON form with the
   * system fields, and belongs to the transaction from here on; `old` is the present document of
   * that id, null for a new one.
   */
  put(table: TableDefinition, raw: JsonObject, old: Doc | null): Doc {
    const value = fromJson(raw) as ValueObject;
    const { _id, _creationTime, ...own } = value;
    const error = table.check(own, '');
    if (error) {
      throw new Error(
        `Failed to insert or update a document in table "${table.name}" because it does not match the schema: ${error}`,
      );
    }
    const json = JSON.stringify(raw);
    const limit = documentLimitError(value, json.length);
    if (limit) throw new Error(`A document in table "${table.name}" ${limit}.`);
    const doc = makeDoc(table, value, raw, json);
    this.holdsCommitTs ||= holdsCommitTs(json);
    this.writtenBytes += json.length;
    if (this.writtenBytes > MAX_WRITE_BYTES) {
      throw new Error(`Too many bytes written in a single function execution (limit: ${MAX_WRITE_BYTES} bytes).`);
    }
    this.write(table, doc.id, old, doc);
    return doc;
  }

  /** Removes a document. */
  remove(table: TableDefinition, doc: Doc): void {
    this.write(table, doc.id, doc, null);
  }

  private write(table: TableDefinition, id: string, current: Doc | null, next: Doc | null): void {
    if (this.readOnly) throw new Error('A query cannot write to the database. Use a mutation.');
    const write = this.writes.get(id);
    this.undo.push({ id, before: write ? write.next : undefined });
    if (write) write.next = next;
    else this.writes.set(id, { table, id, old: current, next });
    if (this.writes.size > MAX_WRITE_DOCUMENTS) {
      throw new Error(`Too many documents written in a single function execution (limit: ${MAX_WRITE_DOCUMENTS}).`);
    }
    applyWrite(this.trees, table, current, next, this.edit);
  }

  /** Marks the state before a nested mutation. */
  savepoint(): Savepoint {
    // A new token: nodes of the saved trees must not be changed in place from here on.
    const saved = { trees: this.trees.slice(), undo: this.undo.length, jobs: this.scheduled };
    this.edit = newEdit();
    return saved;
  }

  /** Takes back every write since the savepoint. */
  rollback(to: Savepoint): void {
    this.trees = to.trees.slice();
    this.edit = newEdit();
    this.scheduled = to.jobs;
    while (this.undo.length > to.undo) {
      const { id, before } = this.undo.pop() as { id: string; before: Doc | null | undefined };
      if (before === undefined) this.writes.delete(id);
      else (this.writes.get(id) as Write).next = before;
    }
  }

  /**
   * Commits onto the head. Returns null if nothing was written and there is no request to
   * remember. Throws `ConflictError` if something it read has changed.
   */
  commit(request: RequestRecord | null): Commit | null {
    const { store } = this;
    store.checkConflicts(this.reads, this.base);
    const writes = [...this.writes.values()].filter((w) => w.old !== null || w.next !== null);
    if (writes.length === 0 && request === null) return null;
    let trees = this.trees;
    if (store.head.trees !== this.base.trees) {
      trees = store.head.trees.slice();
      const edit = newEdit();
      for (const w of writes) applyWrite(trees, w.table, w.old, w.next, edit);
    }
    const ts = store.nextTs();
    if (this.holdsCommitTs) resolveWrites(writes, trees, ts);
    const result = request && resolveText(request.result, ts);
    const commit: Commit = {
      snapshot: { ts, trees },
      writes,
      request: request && { ...request, result: result as string },
    };
    store.install(commit);
    return commit;
  }
}

/** A JSON text in which the placeholder has become the commit's timestamp. */
export function resolveText(json: string, ts: bigint): string {
  return holdsCommitTs(json) ? JSON.stringify(resolveCommitTs(JSON.parse(json) as JSONValue, ts)) : json;
}

/** Puts the commit's timestamp into the documents that ask for it. */
function resolveWrites(writes: Write[], trees: (Tree<Doc> | undefined)[], ts: bigint): void {
  const edit = newEdit();
  for (const write of writes) {
    if (!write.next || !holdsCommitTs(write.next.json)) continue;
    const raw = resolveCommitTs(write.next.raw, ts) as JsonObject;
    const doc = makeDoc(write.table, fromJson(raw) as ValueObject, raw, JSON.stringify(raw));
    applyWrite(trees, write.table, write.next, doc, edit);
    write.next = doc;
  }
}

/** Replaces a document by another in all indexes of its table. */
export function applyWrite(
  trees: (Tree<Doc> | undefined)[],
  table: TableDefinition,
  old: Doc | null,
  next: Doc | null,
  edit: Edit,
): void {
  const first = table.byId.slot;
  for (let i = 0; i < table.indexes.length; i++) {
    const oldKey = old?.keys[i];
    const key = next?.keys[i];
    if (oldKey !== undefined && oldKey !== key) trees[first + i] = treeDelete(trees[first + i], oldKey, edit);
    if (key !== undefined) trees[first + i] = treeSet(trees[first + i], key, next as Doc, edit);
  }
}
