import { randomBytes } from 'node:crypto';
import type { JSONValue } from 'convex/values';
import { type Doc, SCHEDULED_TABLE, type TableDefinition } from '../catalog.ts';
import { FunctionError } from '../errors.ts';
import { type PageRequest, type QueryJson, readPage, Stream } from '../query.ts';
import type { Transaction } from '../transaction.ts';
import { newId, tableNumberOf } from '../values/id.ts';
import { type JsonObject, toJson } from '../values/json.ts';
import { type Call, requireCall } from './call.ts';
import { type ConvexGlobal, Parsed } from './sandbox.ts';

type Args = { [name: string]: JSONValue };

/** What other functions and jobs a call names. */
function target(args: Args): string {
  if (typeof args.name === 'string') return args.name;
  if (typeof args.functionHandle === 'string') return args.functionHandle.replace('function://', '');
  throw new Error(`Components are not supported by convex-embedded (${String(args.reference)}).`);
}

function needTransaction(call: Call): Transaction {
  if (!call.txn) throw new Error('The database is not available in actions. Use ctx.runQuery or ctx.runMutation.');
  return call.txn;
}

/** The table of an id, checked against the table the caller named. */
function tableOf(txn: Transaction, args: Args, method: string, system: boolean): TableDefinition {
  const id = args.id as string;
  const number = tableNumberOf(id);
  const table = number === null ? undefined : txn.store.catalog.tableOfNumber(number);
  if (!table) {
    throw new Error(`Invalid argument \`id\` for \`${method}\`: Unable to decode ID: Invalid ID "${id.slice(0, 64)}"`);
  }
  if (typeof args.table === 'string' && args.table !== table.name) {
    throw new Error(
      `Invalid argument \`id\` for \`${method}\`: expected to be an Id<"${args.table}">, got Id<"${table.name}"> instead.`,
    );
  }
  if (table.name.startsWith('_') !== system) {
    throw new Error(
      system
        ? `Invalid argument \`id\` for \`${method}\`: Id<"${table.name}"> is not in a system table.`
        : `Invalid argument \`id\` for \`${method}\`: system tables can only be read, with db.system.`,
    );
  }
  return table;
}

function existing(txn: Transaction, table: TableDefinition, id: string, verb: string): Doc {
  const doc = txn.get(table, id);
  if (!doc) throw new Error(`${verb} on nonexistent document ID ${id}`);
  return doc;
}

function reserved(field: string): Error {
  return new Error(`Field "${field}" cannot be written: names starting with "_" are reserved.`);
}

function checkSystemFields(raw: JsonObject, doc: Doc, method: string): void {
  for (const field of ['_id', '_creationTime'] as const) {
    if (raw[field] !== undefined && raw[field] !== doc.raw[field]) {
      throw new Error(`\`${field}\` given to \`${method}\` does not match the document's.`);
    }
  }
  for (const field in raw) {
    if (field.startsWith('_') && field !== '_id' && field !== '_creationTime') throw reserved(field);
  }
}

function insert(txn: Transaction, table: TableDefinition, raw: JsonObject, now: number): Doc {
  for (const field in raw) if (field.startsWith('_')) throw reserved(field);
  const _creationTime = txn.store.nextCreationTime(now);
  return txn.put(table, { ...raw, _creationTime, _id: newId(table.number) }, null);
}

/** How far from now a job may be due, in either direction, as documented for `runAt`. */
const MAX_SCHEDULE_YEARS = 5;

function checkScheduledTime(at: number, now: number): void {
  const limit = (years: number) => {
    const date = new Date(now);
    return date.setUTCFullYear(date.getUTCFullYear() + years);
  };
  if (at > limit(MAX_SCHEDULE_YEARS) || at < limit(-MAX_SCHEDULE_YEARS)) {
    throw new Error(`A function cannot be scheduled more than ${MAX_SCHEDULE_YEARS} years from now.`);
  }
}

/** The state of a job, or null if there is no such job (any more). */
function jobState(txn: Transaction, id: string): string | null {
  const doc = txn.get(txn.store.catalog.define(SCHEDULED_TABLE), id);
  return doc ? (doc.raw.state as { kind: string }).kind : null;
}

/** Adds a job to the scheduler's table. `args.ts` is in seconds. */
function schedule(txn: Transaction, args: Args, now: number, { meta }: Call): string {
  txn.countScheduled(JSON.stringify(args.args).length);
  const scheduledTime = (args.ts as number) * 1000;
  checkScheduledTime(scheduledTime, now);
  const parent = meta.scheduledFunctionId;
  // An action that is canceled while it runs goes on, but what it schedules does not happen.
  const dead = parent !== null && jobState(txn, parent) === 'canceled';
  const job = insert(
    txn,
    txn.store.catalog.define(SCHEDULED_TABLE),
    {
      name: target(args),
      args: [args.args as JSONValue],
      scheduledTime,
      ...(dead ? { completedTime: now } : {}),
      state: { kind: dead ? 'canceled' : 'pending' },
    },
    now,
  );
  return job.id;
}

function cancelJob(txn: Transaction, id: string, now: number): void {
  const table = tableOf(txn, { id, table: SCHEDULED_TABLE }, 'scheduler.cancel', true);
  const doc = existing(txn, table, id, 'Cancel');
  const { kind } = doc.raw.state as { kind: string };
  if (kind === 'canceled') return;
  if (kind !== 'pending' && kind !== 'inProgress') {
    throw new Error(`The scheduled function ${id} cannot be canceled: it has already completed.`);
  }
  txn.put(table, { ...doc.raw, state: { kind: 'canceled' }, completedTime: now }, doc);
}

/** Answer of calls whose result the client library does not look at. */
const NOTHING = 'null';

/** System calls that touch the database of the running query or mutation. */
const DATABASE: Record<string, (txn: Transaction, args: Args, call: Call) => string> = {
  '1.0/get': (txn, args) => {
    txn.countQuery();
    const table = tableOf(txn, args, 'db.get', args.isSystem === true);
    return txn.get(table, args.id as string)?.json ?? 'null';
  },
  '1.0/queryPage': (txn, args, call) => {
    if (call.journal.pages++ > 0) {
      throw new Error(
        'This query or mutation function ran multiple paginated queries. Convex only supports a single paginated query in each function.',
      );
    }
    txn.countQuery();
    const request = args as unknown as PageRequest;
    const page = readPage(txn, { ...request, endCursor: request.endCursor ?? call.journal.given });
    call.journal.endCursor = page.continueCursor;
    return `{"page":[${page.page.join(',')}],"isDone":${page.isDone},"continueCursor":${JSON.stringify(page.continueCursor)},"splitCursor":${JSON.stringify(page.splitCursor)},"pageStatus":${JSON.stringify(page.pageStatus)}}`;
  },
  '1.0/count': (txn, args) => {
    const query: QueryJson = {
      source: { type: 'FullTableScan', tableName: args.table as string, order: null },
      operators: [],
    };
    const stream = new Stream(txn, query);
    let count = 0;
    while (stream.next()) count++;
    return String(count);
  },
  '1.0/insert': (txn, args, call) => {
    const table = txn.store.catalog.define(args.table as string);
    return `{"_id":"${insert(txn, table, args.value as JsonObject, call.now).id}"}`;
  },
  '1.0/shallowMerge': (txn, args) => {
    const table = tableOf(txn, args, 'db.patch', false);
    const doc = existing(txn, table, args.id as string, 'Update');
    const merged: JsonObject = { ...doc.raw };
    const change = args.value as JsonObject;
    checkSystemFields(change, doc, 'db.patch');
    for (const name in change) {
      const json = change[name] as JSONValue;
      if (json !== null && typeof json === 'object' && '$undefined' in json) delete merged[name];
      else merged[name] = json;
    }
    txn.put(table, merged, doc);
    return NOTHING;
  },
  '1.0/replace': (txn, args) => {
    const table = tableOf(txn, args, 'db.replace', false);
    const doc = existing(txn, table, args.id as string, 'Replace');
    const raw = args.value as JsonObject;
    checkSystemFields(raw, doc, 'db.replace');
    txn.put(table, { ...raw, _id: doc.id, _creationTime: doc.raw._creationTime as number }, doc);
    return NOTHING;
  },
  '1.0/remove': (txn, args) => {
    const table = tableOf(txn, args, 'db.delete', false);
    const doc = existing(txn, table, args.id as string, 'Delete');
    txn.remove(table, doc);
    return NOTHING;
  },
  '1.0/schedule': (txn, args, call) => JSON.stringify(schedule(txn, args, call.now, call)),
  '1.0/cancel_job': (txn, args, call) => {
    cancelJob(txn, args.id as string, call.now);
    return 'null';
  },
};

/** As a deployment on the developer's own machine describes itself. */
const DEPLOYMENT = JSON.stringify({ name: 'local-convex-embedded', region: null, class: 's16' });

/** The id in `{"queryId":N}`, read without a parser: it comes once for each document. */
function queryIdOf(json: string): number {
  const id = Number(json.slice('{"queryId":'.length, -1));
  return Number.isInteger(id) ? id : (JSON.parse(json) as { queryId: number }).queryId;
}

const END_OF_STREAM = { value: null, done: true };

const ACTION_CALLS: Record<string, 'query' | 'mutation' | 'action'> = {
  '1.0/actions/query': 'query',
  '1.0/actions/mutation': 'mutation',
  '1.0/actions/action': 'action',
};

/** The system calls of functions: each acts on the function that is running. */
export class Syscalls implements ConvexGlobal {
  /** Whether objects can be handed to functions without parsing; see `Parsed` in sandbox.ts. */
  readonly passObjects: boolean;

  constructor(passObjects: boolean) {
    this.passObjects = passObjects;
  }

  syscall = (op: string, json: string): string => {
    const call = requireCall();
    if (op === '1.0/queryCleanup') {
      call.streams.delete(queryIdOf(json));
      return '{}';
    }
    const args = JSON.parse(json) as Args;
    switch (op) {
      case '1.0/queryStream': {
        const id = call.nextStream++;
        needTransaction(call).countQuery();
        call.streams.set(id, new Stream(needTransaction(call), args.query as unknown as QueryJson));
        return `{"queryId":${id}}`;
      }
      case '1.0/db/normalizeId': {
        const number = tableNumberOf(args.idString as string);
        const table = number === null ? undefined : needTransaction(call).store.catalog.tableOfNumber(number);
        return JSON.stringify({ id: table?.name === args.table ? args.idString : null });
      }
      case '1.0/getSnapshotTs':
        return JSON.stringify(toJson(call.snapshot.ts));
    }
    throw new Error(`System call ${op} is not supported by convex-embedded.`);
  };

  /** Database calls answer at once, not through a promise, which the client library awaits all the same. */
  asyncSyscall = (op: string, json: string): string | Promise<string> => {
    const call = requireCall();
    if (call.nested) return call.nested.then(() => this.asyncSyscall(op, json));
    if (op === '1.0/queryStreamNext') return this.streamNext(call, json);
    const database = DATABASE[op];
    if (database) return database(needTransaction(call), JSON.parse(json) as Args, call);
    return this.slowSyscall(call, op, JSON.parse(json) as Args);
  };

  private streamNext(call: Call, json: string): string {
    const doc = call.streams.get(queryIdOf(json))?.next() ?? null;
    if (this.passObjects) {
      // The client library copies what it is given, so the stored object itself can be handed over.
      return new Parsed(doc ? { value: doc.raw, done: false } : END_OF_STREAM) as unknown as string;
    }
    return doc ? `{"value":${doc.json},"done":false}` : '{"value":null,"done":true}';
  }

  private async slowSyscall(call: Call, op: string, args: Args): Promise<string> {
    const { executor } = call;
    switch (op) {
      case '1.0/getUserIdentity': {
        if (call.kind === 'query' && this.passObjects) {
          return new Parsed(call.identity.tracked()) as unknown as string;
        }
        return JSON.stringify(call.identity.readAll());
      }
      case '1.0/getFunctionMetadata':
        return JSON.stringify({ name: call.path, componentPath: '' });
      case '1.0/getDeploymentMetadata':
        return DEPLOYMENT;
      case '1.0/getRequestMetadata': {
        call.meta.requestId ??= randomBytes(8).toString('hex');
        return JSON.stringify(call.meta);
      }
      case '1.0/getTransactionMetrics':
        return JSON.stringify(needTransaction(call).metrics());
      case '1.0/runUdf':
        if (args.transactionLimits) throw new Error('`transactionLimits` are not supported by convex-embedded.');
        return executor.runNested(call, args.udfType as string, target(args), args.args as JSONValue);
      case '1.0/createFunctionHandle':
        return JSON.stringify(`function://${target(args)}`);
      case '1.0/actions/query':
      case '1.0/actions/mutation':
      case '1.0/actions/action': {
        if (call.kind !== 'action') throw new Error('ctx.run… of an action was used outside of an action.');
        const kind = ACTION_CALLS[op] as 'query' | 'mutation' | 'action';
        return executor.runForAction(kind, target(args), args.args as JSONValue, call);
      }
      case '1.0/actions/schedule':
        return executor.write((txn) => JSON.stringify(schedule(txn, args, Date.now(), call)));
      case '1.0/actions/cancel_job':
        return executor.write((txn) => {
          cancelJob(txn, args.id as string, Date.now());
          return 'null';
        });
    }
    throw new FunctionError(`System call ${op} is not supported by convex-embedded.`);
  }

  jsSyscall = (op: string): never => {
    throw new Error(`System call ${op} is not supported by convex-embedded.`);
  };
}
