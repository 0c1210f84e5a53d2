import type { JSONValue } from 'convex/values';
import type { Engine } from '../engine.ts';
import { FunctionError } from '../errors.ts';
import { type Identity, IdentityUse } from '../identity.ts';
import { MAX_ARGS_BYTES, MAX_NESTED_CALLS, MAX_RESULT_BYTES, valueLimitError } from '../limits.ts';
import { ConflictError, newReadSet, type ReadSet, type Snapshot } from '../store.ts';
import { resolveText, Transaction } from '../transaction.ts';
import { fromJson } from '../values/json.ts';
import { type Call, currentCall, type FunctionKind, hostMeta, type RequestMeta } from './call.ts';
import { Lane } from './lane.ts';
import { Profile } from './profile.ts';
import { Random } from './random.ts';
import type { ConvexFunction, Registry } from './registry.ts';

/** How often a mutation that met a conflict runs again before it fails. */
const MAX_ATTEMPTS = 10;

/** Who calls a function, with what. `args` is the JSON form of the argument object. */
export interface Request {
  readonly path: string;
  readonly args: JSONValue;
  readonly identity: Identity | null;
  /** May internal functions be called? */
  readonly internal: boolean;
  /** Default: that of a call by the host. */
  readonly meta?: RequestMeta;
}

/** A run of a query. `reads` and `use` are there for failed runs too: they must run again as well. */
export interface QueryRun {
  readonly outcome: { ok: true; json: string } | { ok: false; error: unknown };
  readonly reads: ReadSet;
  readonly use: IdentityUse;
  readonly endCursor: string | null;
  readonly logLines: string[];
}

/** A mutation that has been committed in memory; wait for `ts` to be durable before telling anyone. */
export interface MutationRun {
  readonly json: string;
  readonly ts: bigint;
  readonly logLines: string[];
}

/** A failure and the newest timestamp it may have seen. */
export interface MutationFailure {
  readonly error: unknown;
  readonly ts: bigint;
  readonly logLines: string[];
}

/** A mutation lost every race; it changed nothing and may be tried again. */
export class ContentionError extends FunctionError {}

/** Names a mutation of a client, which happens once. */
export interface Once {
  readonly session: string;
  readonly request: number;
}

/** Runs functions. */
export class Executor {
  readonly engine: Engine;
  readonly registry: Registry;
  readonly profile = new Profile();
  /** Mutations that met a conflict run again one at a time, so that each round does not end with one winner. */
  private readonly again = new Lane();
  private readonly runningOnce = new Map<string, Promise<MutationRun>>();

  constructor(engine: Engine, registry: Registry) {
    this.engine = engine;
    this.registry = registry;
  }

  /** Runs a query against one snapshot. Never throws. */
  async runQuery(request: Request, snapshot: Snapshot, journal: string | null): Promise<QueryRun> {
    const started = performance.now();
    const use = new IdentityUse(request.identity);
    const reads = newReadSet();
    const { metrics, store } = this.engine;
    metrics.queriesRun++;
    const txn = new Transaction(store, snapshot, true, reads);
    const call = this.newCall('query', request, txn, snapshot, use, journal);
    let outcome: QueryRun['outcome'];
    try {
      const fn = this.registry.find(request.path, 'query', request.internal);
      outcome = { ok: true, json: await this.invoke(fn, request.args, call) };
    } catch (error) {
      metrics.functionErrors++;
      outcome = { ok: false, error };
    }
    metrics.queryRunSeconds.observe((performance.now() - started) / 1000);
    return { outcome, reads, use, endCursor: call.journal.endCursor, logLines: call.logLines };
  }

  /**
   * Runs a mutation until it commits without a conflict. `prepare` runs in the same transaction
   * before the function, `once` is the request to remember (its result is filled in).
   * Throws a `MutationFailure`.
   */
  runMutation(
    request: Request,
    once: Once | null = null,
    prepare: ((txn: Transaction) => void) | null = null,
  ): Promise<MutationRun> {
    if (!once) return this.runUntilCommitted(request, null, prepare);
    const { metrics, requests } = this.engine;
    const done = requests.find(once.session, once.request);
    if (done) {
      metrics.duplicateRequests++;
      return Promise.resolve({ json: done.result, ts: done.ts, logLines: [] });
    }
    // A client that reconnected sends again what still runs for its old socket. Run a second time it might
    // be refused for what the first has done, and its client would be told that nothing happened.
    const name = `${once.request} ${once.session}`;
    const running = this.runningOnce.get(name);
    if (running) {
      metrics.duplicateRequests++;
      return running;
    }
    const run = this.runUntilCommitted(request, once, prepare).finally(() => this.runningOnce.delete(name));
    this.runningOnce.set(name, run);
    return run;
  }

  private async runUntilCommitted(
    request: Request,
    once: Once | null,
    prepare: ((txn: Transaction) => void) | null,
  ): Promise<MutationRun> {
    const { metrics, store } = this.engine;
    metrics.mutationsRun++;
    let logLines: string[] = [];
    let leave: (() => void) | null = null;
    try {
      for (let attempt = 1; ; attempt++) {
        const base = store.head;
        const txn = new Transaction(store, base, false);
        const call = this.newCall('mutation', request, txn, base, new IdentityUse(request.identity), null);
        logLines = call.logLines;
        try {
          const fn = this.registry.find(request.path, 'mutation', request.internal);
          prepare?.(txn);
          const json = await this.invoke(fn, request.args, call);
          const ts = this.engine.commit(txn, once && { ...once, result: json });
          return { json: resolveText(json, ts), ts, logLines };
        } catch (error) {
          if (error instanceof ConflictError) {
            metrics.conflicts++;
            leave ??= await this.again.enter();
            if (attempt < MAX_ATTEMPTS) continue;
          }
          metrics.functionErrors++;
          const failure: MutationFailure = {
            error:
              error instanceof ConflictError
                ? new ContentionError(`OptimisticConcurrencyControlFailure: ${error.message}`)
                : error,
            ts: base.ts,
            logLines,
          };
          throw failure;
        }
      }
    } finally {
      leave?.();
    }
  }

  /** Runs an action. Throws what it throws. */
  async runAction(request: Request, logLines: string[] = []): Promise<string> {
    const { metrics } = this.engine;
    metrics.actionsRun++;
    const use = new IdentityUse(request.identity);
    const call = this.newCall('action', request, null, this.engine.published, use, null, logLines);
    try {
      return await this.invoke(this.registry.find(request.path, 'action', request.internal), request.args, call);
    } catch (error) {
      metrics.functionErrors++;
      throw error;
    }
  }

  /** A function called by an action: its own transaction, durable before the action hears of it. */
  async runForAction(kind: FunctionKind, path: string, args: JSONValue, caller: Call): Promise<string> {
    const request: Request = { path, args, identity: caller.identity.identity, internal: true, meta: caller.meta };
    if (kind === 'action') return this.runAction(request);
    if (kind === 'query') {
      const { outcome } = await this.runQuery(request, this.engine.published, null);
      if (!outcome.ok) throw outcome.error;
      return outcome.json;
    }
    try {
      const run = await this.runMutation(request);
      await this.engine.durable(run.ts);
      return run.json;
    } catch (failure) {
      throw (failure as MutationFailure).error ?? failure;
    }
  }

  /** A function called by a query or mutation: inside its transaction, on one of its snapshots. */
  async runNested(parent: Call, kind: string, path: string, args: JSONValue): Promise<string> {
    const { txn } = parent;
    if (!txn) throw new Error('Nested calls need a query or a mutation.');
    if (parent.depth >= MAX_NESTED_CALLS) {
      throw new Error(
        `${path} was called through more than ${MAX_NESTED_CALLS} levels of ctx.runQuery and ctx.runMutation.`,
      );
    }
    const stale = kind === 'snapshotQuery';
    const fn = this.registry.find(path, stale ? 'query' : (kind as FunctionKind), true);
    if (parent.kind === 'query' && fn.kind !== 'query') throw new Error('A query can only call queries.');
    const inner = stale ? new Transaction(txn.store, txn.base, true) : txn;
    const call: Call = {
      ...this.newCall(
        fn.kind,
        { path, meta: parent.meta },
        inner,
        parent.snapshot,
        parent.identity,
        null,
        parent.logLines,
      ),
      now: parent.now,
      random: parent.random,
      depth: parent.depth + 1,
    };
    const savepoint = fn.kind === 'mutation' ? txn.savepoint() : null;
    const run = this.invoke(fn, args, call).catch((error: unknown) => {
      if (savepoint) txn.rollback(savepoint);
      throw error;
    });
    if (!savepoint) return run;
    const settled = run.then(
      () => undefined,
      () => undefined,
    );
    parent.nested = settled;
    try {
      return await run;
    } finally {
      if (parent.nested === settled) parent.nested = null;
    }
  }

  /** A transaction of the host itself; resolves when it is durable. */
  async write<T>(work: (txn: Transaction) => T): Promise<T> {
    const txn = new Transaction(this.engine.store, this.engine.store.head, false);
    const result = work(txn);
    await this.engine.durable(this.engine.commit(txn, null));
    return result;
  }

  private newCall(
    kind: FunctionKind,
    { path, meta = hostMeta() }: Pick<Request, 'path' | 'meta'>,
    txn: Transaction | null,
    snapshot: Snapshot,
    identity: IdentityUse,
    journal: string | null,
    logLines: string[] = [],
  ): Call {
    return {
      executor: this,
      kind,
      path,
      txn,
      snapshot,
      identity,
      meta,
      now: Date.now(),
      random: new Random(Math.random() * 2 ** 32),
      logLines,
      streams: new Map(),
      journal: { given: journal, endCursor: null, pages: 0 },
      depth: 0,
      open: true,
      nextStream: 1,
      nested: null,
    };
  }

  private async invoke(fn: ConvexFunction, args: JSONValue, call: Call): Promise<string> {
    const started = performance.now();
    let failed = true;
    const argsText = JSON.stringify([args]);
    if (argsText.length > MAX_ARGS_BYTES) {
      throw new FunctionError(
        `Arguments of ${fn.path} are too large (${argsText.length} bytes; limit: ${MAX_ARGS_BYTES}).`,
      );
    }
    const argsLimit = valueLimitError(argsText);
    if (argsLimit) throw new FunctionError(`A value in the arguments of ${fn.path} ${argsLimit}.`);
    const argsError = fn.checkArgs(fromJson(args), '');
    if (argsError) throw new FunctionError(`ArgumentValidationError: ${argsError}`);
    try {
      const result = await currentCall.run(call, () => fn.invoke(argsText));
      if (result.length > MAX_RESULT_BYTES) {
        throw new FunctionError(
          `The result of ${fn.path} is too large (${result.length} bytes; limit: ${MAX_RESULT_BYTES}).`,
        );
      }
      const resultLimit = valueLimitError(result);
      if (resultLimit) throw new FunctionError(`A value in the result of ${fn.path} ${resultLimit}.`);
      const returnsError = fn.checkReturns?.(fromJson(JSON.parse(result) as JSONValue), '');
      if (returnsError) throw new FunctionError(`ReturnsValidationError: ${returnsError}`);
      failed = false;
      return result;
    } catch (error) {
      throw asFunctionError(error);
    } finally {
      call.open = false;
      call.streams.clear();
      this.profile.add(fn.path, performance.now() - started, failed);
    }
  }
}

/** What a function threw, in the form in which failures travel between functions and to clients. */
function asFunctionError(error: unknown): unknown {
  if (error instanceof FunctionError || error instanceof ConflictError) return error;
  if (!(error instanceof Error)) return new FunctionError(`Uncaught ${String(error)}`);
  const { data } = error as { data?: unknown };
  if ((error as { ConvexErrorSymbol?: symbol }).ConvexErrorSymbol !== undefined && typeof data === 'string') {
    return new FunctionError(`Uncaught ConvexError: ${error.message}`, JSON.parse(data) as JSONValue);
  }
  const stack = error.stack?.split('\n').slice(1, 6).join('\n');
  return new FunctionError(`Uncaught ${error.name}: ${error.message}${stack ? `\n${stack}` : ''}`);
}
