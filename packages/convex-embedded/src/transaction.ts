import { type Doc, idKey, makeDoc, type TableDefinition } from './catalog.ts';
import {
  documentLimitError,
  MAX_READ_BYTES,
  MAX_READ_DOCUMENTS,
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
import { fromJson, type JsonObject, type ValueObject } from './values/json.ts';

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
  /** Documents of scheduled functions made by this transaction, for the scheduler. */
  scheduled = 0;
  private trees: (Tree<Doc> | undefined)[];
  private edit: Edit = newEdit();
  private readonly writes = new Map<string, Write>();
  private readonly undo: { id: string; before: Doc | null | undefined }[] = [];
  private readBytes = 0;
  private readDocuments = 0;
  private writtenBytes = 0;

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
    const commit: Commit = { snapshot: { ts: store.nextTs(), trees }, writes, request };
    store.install(commit);
    return commit;
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
