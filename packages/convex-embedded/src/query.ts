import { createHash } from 'node:crypto';
import type { JSONValue } from 'convex/values';
import type { Doc, IndexDefinition } from './catalog.ts';
import { compileFilter, type Filter } from './filter.ts';
import type { ReadRange } from './store.ts';
import type { Transaction } from './transaction.ts';
import { Cursor, type Tree } from './tree.ts';
import { fromJsonOrUndefined } from './values/json.ts';
import { AFTER_PREFIX, encodeKey, SUCCESSOR } from './values/key.ts';

/** A query as the client library serialises it. */
export interface QueryJson {
  source:
    | { type: 'FullTableScan'; tableName: string; order: 'asc' | 'desc' | null }
    | { type: 'IndexRange'; indexName: string; range: RangeJson[]; order: 'asc' | 'desc' | null }
    | { type: 'Search'; indexName: string };
  operators: ({ filter: JSONValue } | { limit: number })[];
}

interface RangeJson {
  type: 'Eq' | 'Gt' | 'Gte' | 'Lt' | 'Lte';
  fieldPath: string;
  value: JSONValue;
}

interface Interval {
  index: IndexDefinition;
  low: string;
  high: string;
}

/** The interval of an index that `withIndex(...)` describes. Throws on a range the index cannot serve. */
function indexInterval(index: IndexDefinition, range: RangeJson[]): Interval {
  const name = `${index.table}.${index.name}`;
  let prefix = '';
  let equalities = 0;
  let low: string | null = null;
  let high: string | null = null;
  for (const part of range) {
    const expected = index.fields[equalities];
    if (part.fieldPath !== expected) {
      throw new Error(
        `Tried to query index ${name} but the query didn't use the index fields in order. Got field "${part.fieldPath}", expected ${expected ? `"${expected}"` : 'no more fields'}. Index fields: ${JSON.stringify(index.fields.slice(0, -1))}.`,
      );
    }
    const key = prefix + encodeKey(fromJsonOrUndefined(part.value));
    if (part.type === 'Eq') {
      if (low !== null || high !== null) {
        throw new Error(`Tried to query index ${name} with .eq() after .gt(), .gte(), .lt() or .lte().`);
      }
      prefix = key;
      equalities++;
    } else if (part.type === 'Gt' || part.type === 'Gte') {
      if (low !== null) throw new Error(`Tried to query index ${name} with two lower bounds.`);
      low = part.type === 'Gte' ? key : key + AFTER_PREFIX;
    } else {
      if (high !== null) throw new Error(`Tried to query index ${name} with two upper bounds.`);
      high = part.type === 'Lt' ? key : key + AFTER_PREFIX;
    }
  }
  return { index, low: low ?? prefix, high: high ?? prefix + AFTER_PREFIX };
}

function planInterval(txn: Transaction, source: QueryJson['source']): Interval {
  const { catalog } = txn.store;
  if (source.type === 'FullTableScan') {
    const index = catalog.define(source.tableName).byName.get('by_creation_time') as IndexDefinition;
    return { index, low: '', high: AFTER_PREFIX };
  }
  if (source.type !== 'IndexRange') {
    throw new Error(`Search queries (index ${source.indexName}) are not supported by convex-embedded.`);
  }
  const [tableName, indexName] = source.indexName.split('.') as [string, string];
  const index = catalog.define(tableName).byName.get(indexName);
  if (!index) throw new Error(`Index ${source.indexName} not found.`);
  return indexInterval(index, source.range);
}

/** Walks a query's results lazily and records exactly the part of the index it has passed. */
export class Stream {
  /** Key of the last document taken from the index, whether or not a filter let it through. */
  lastKey: string | null = null;
  rowsRead = 0;
  bytesRead = 0;
  private readonly txn: Transaction;
  private readonly slot: number;
  private readonly descending: boolean;
  private readonly operators: ({ filter: Filter } | { left: number })[];
  private readonly passed: ReadRange;
  private low: string;
  private high: string;
  private tree: Tree<Doc> | undefined;
  private cursor: Cursor<Doc>;

  constructor(txn: Transaction, query: QueryJson, after: string | null = null, until: string | null = null) {
    const { index, low, high } = planInterval(txn, query.source);
    this.txn = txn;
    this.slot = index.slot;
    this.descending = query.source.type !== 'Search' && query.source.order === 'desc';
    this.low = low;
    this.high = high;
    if (this.descending) {
      if (after !== null) this.high = after;
      if (until !== null) this.low = until;
    } else {
      if (after !== null) this.low = after + SUCCESSOR;
      if (until !== null) this.high = until + SUCCESSOR;
    }
    this.operators = query.operators.map((operator) =>
      'limit' in operator ? { left: operator.limit } : { filter: compileFilter(operator.filter) },
    );
    const start = this.descending ? this.high : this.low;
    this.passed = { slot: this.slot, low: start, high: start };
    txn.reads.ranges.push(this.passed);
    this.tree = txn.tree(this.slot);
    this.cursor = new Cursor(this.tree, this.low, this.high, this.descending);
  }

  /** The next document, or null at the end. */
  next(): Doc | null {
    for (const operator of this.operators) if ('left' in operator && operator.left <= 0) return null;
    for (;;) {
      const doc = this.step();
      if (!doc) return null;
      if (this.passes(doc)) return doc;
    }
  }

  private passes(doc: Doc): boolean {
    for (const operator of this.operators) {
      if ('filter' in operator) {
        if (operator.filter(doc.value) !== true) return false;
      } else if (operator.left-- <= 0) {
        return false;
      }
    }
    return true;
  }

  private step(): Doc | null {
    const tree = this.txn.tree(this.slot);
    if (tree !== this.tree) {
      // The function wrote to this index while walking it: go on behind the last document seen.
      this.tree = tree;
      this.cursor = new Cursor(tree, this.low, this.high, this.descending);
    }
    if (!this.cursor.next()) {
      if (this.descending) this.passed.low = this.low;
      else this.passed.high = this.high;
      return null;
    }
    const { key, value } = this.cursor;
    this.lastKey = key;
    this.rowsRead++;
    this.bytesRead += value.json.length;
    if (this.descending) {
      this.high = key;
      this.passed.low = key;
    } else {
      this.low = key + SUCCESSOR;
      this.passed.high = this.low;
    }
    this.txn.countRead(value);
    return value;
  }
}

/** Arguments of `paginate`, as the client library sends them. */
export interface PageRequest {
  query: QueryJson;
  cursor: string | null;
  endCursor: string | null;
  pageSize: number;
  maximumRowsRead?: number | null;
  maximumBytesRead?: number | null;
}

/** One page; `page` holds the documents' JSON forms. */
export interface Page {
  page: string[];
  isDone: boolean;
  continueCursor: string;
  splitCursor: string | null;
  pageStatus: 'SplitRecommended' | 'SplitRequired' | null;
}

/** A cursor that was not made by this query; paginated hooks start again from the first page. */
export class InvalidCursorError extends Error {
  readonly data = { isConvexSystemError: true, paginationError: 'InvalidCursor' };
  constructor() {
    super(
      'InvalidCursor: Tried to run a query starting from a cursor, but it looks like this cursor is from a different query.',
    );
    this.name = 'InvalidCursorError';
  }
}

type Position = { at: 'start' } | { at: 'end' } | { at: 'key'; key: string };

function writeCursor(query: string, position: Position): string {
  const rest = position.at === 'key' ? `k${Buffer.from(position.key, 'latin1').toString('base64url')}` : position.at;
  return `${query}.${rest}`;
}

function readCursor(query: string, cursor: string): Position {
  const [owner, rest] = cursor.split('.');
  if (owner !== query || rest === undefined) throw new InvalidCursorError();
  if (rest === 'start' || rest === 'end') return { at: rest };
  if (rest[0] !== 'k') throw new InvalidCursorError();
  return { at: 'key', key: Buffer.from(rest.slice(1), 'base64url').toString('latin1') };
}

/**
 * Reads one page. With an end cursor (given, or remembered in the query's journal) the page is
 * everything up to it, so that pages that are live stay without gaps.
 */
export function readPage(txn: Transaction, request: PageRequest): Page {
  const { query, pageSize } = request;
  const name = createHash('sha256').update(JSON.stringify(query)).digest('base64url').slice(0, 10);
  const start: Position = request.cursor === null ? { at: 'start' } : readCursor(name, request.cursor);
  const end: Position | null = request.endCursor === null ? null : readCursor(name, request.endCursor);
  if (start.at === 'end') {
    return { page: [], isDone: true, continueCursor: writeCursor(name, start), splitCursor: null, pageStatus: null };
  }
  const stream = new Stream(txn, query, start.at === 'key' ? start.key : null, end?.at === 'key' ? end.key : null);
  const rowLimit = request.maximumRowsRead ?? Number.POSITIVE_INFINITY;
  const byteLimit = request.maximumBytesRead ?? Number.POSITIVE_INFINITY;
  const page: string[] = [];
  const keys: string[] = [];
  let exhausted = false;
  while (end !== null || (page.length < pageSize && stream.rowsRead < rowLimit && stream.bytesRead < byteLimit)) {
    const doc = stream.next();
    if (!doc) {
      exhausted = true;
      break;
    }
    page.push(doc.json);
    keys.push(stream.lastKey as string);
  }
  let position: Position = start;
  if (end) position = end;
  else if (exhausted) position = { at: 'end' };
  else if (stream.lastKey !== null) position = { at: 'key', key: stream.lastKey };
  const crowded = page.length > Math.max(1, pageSize) * 2;
  const middle = keys[(keys.length >> 1) - 1];
  return {
    page,
    isDone: position.at === 'end',
    continueCursor: writeCursor(name, position),
    splitCursor: crowded && middle !== undefined ? writeCursor(name, { at: 'key', key: middle }) : null,
    pageStatus: crowded ? 'SplitRecommended' : null,
  };
}
