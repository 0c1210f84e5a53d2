import { AsyncLocalStorage } from 'node:async_hooks';
import type { IdentityUse } from '../identity.ts';
import type { Stream } from '../query.ts';
import type { Snapshot } from '../store.ts';
import type { Transaction } from '../transaction.ts';
import type { Executor } from './executor.ts';
import type { Random } from './random.ts';

/** The kinds of Convex functions. */
export type FunctionKind = 'query' | 'mutation' | 'action';

/** Where a call came from, as `ctx.meta.getRequestMetadata()` tells it. */
export interface RequestMeta {
  readonly ip: string | null;
  readonly userAgent: string | null;
  readonly authToken: string | null;
  readonly scheduledFunctionId: string | null;
  /** Set when it is first asked for. */
  requestId?: string;
}

/** The metadata of what no request started: cron jobs and the host's own calls. */
export function hostMeta(scheduledFunctionId: string | null = null): RequestMeta {
  return { ip: null, userAgent: null, authToken: null, scheduledFunctionId };
}

/** One running function: what its system calls act on. */
export interface Call {
  readonly executor: Executor;
  readonly kind: FunctionKind;
  readonly path: string;
  /** Null in actions. */
  readonly txn: Transaction | null;
  readonly snapshot: Snapshot;
  readonly identity: IdentityUse;
  readonly meta: RequestMeta;
  /** What Date.now() says in queries and mutations, in milliseconds. */
  readonly now: number;
  readonly random: Random;
  readonly logLines: string[];
  readonly streams: Map<number, Stream>;
  /** End cursor of a paginated query, remembered between runs; see `QueryJournal` of the client. */
  readonly journal: Journal;
  /** How many queries and mutations are around this one, each having called the next. */
  readonly depth: number;
  /** False once the function has returned: a call left running must not write any more. */
  open: boolean;
  nextStream: number;
  /** The nested mutation that is running; other system calls of this function wait for it. */
  nested: Promise<unknown> | null;
}

/** Decisions of earlier runs of a live query, and those of this one. */
export interface Journal {
  readonly given: string | null;
  endCursor: string | null;
  pages: number;
}

/** The function that is running. */
export const currentCall = new AsyncLocalStorage<Call>();

/** The running function; throws outside of one, or after it returned. */
export function requireCall(): Call {
  const call = currentCall.getStore();
  if (!call) throw new Error('The Convex database and auth objects are used outside of a function.');
  if (!call.open) throw new Error(`${call.path} used its ctx after it had returned. Is an \`await\` missing?`);
  return call;
}
