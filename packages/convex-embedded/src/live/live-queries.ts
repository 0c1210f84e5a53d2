import type { JSONValue } from 'convex/values';
import type { Engine } from '../engine.ts';
import { type Logger, toClientError } from '../errors.ts';
import type { Executor, QueryRun } from '../functions/executor.ts';
import { canonicalPath } from '../functions/registry.ts';
import { type Identity, identityKey } from '../identity.ts';
import { type Commit, type Snapshot, writeTouches } from '../store.ts';
import { pause } from '../yield.ts';
import { LiveQuery, liveKey, type Subscriber } from './live-query.ts';
import { ReadIndex, sameReads } from './read-index.ts';

/** The longest a change waits for others before it is sent, in milliseconds. */
const MAX_COALESCE_MS = 50;

/** A connection, as the flush sees it. */
export interface Receiver {
  /** Sends what has changed, as of the snapshot; called with all live queries valid at it. */
  transition(snapshot: Snapshot, frames: FrameCache): void;
}

/** Frames already encoded in this flush, by everything that distinguishes them. */
export type FrameCache = Map<string, Buffer>;

/**
 * All open queries. After commits have become durable it finds the queries that read what has
 * changed, runs each once on one snapshot, and then lets every connection concerned send one
 * transition to that snapshot's timestamp.
 *
 * Queries run only in `flush`, one flush at a time. So between flushes every query that is not in
 * `dirty` is valid at the published snapshot.
 */
export class LiveQueries {
  private readonly engine: Engine;
  private readonly executor: Executor;
  private readonly expose: boolean;
  private readonly log: Logger;
  private readonly byKey = new Map<string, LiveQuery>();
  private readonly reads = new ReadIndex<LiveQuery>();
  /** Claims that a query function has read so far, by path; absent until it reads any. */
  private readonly claims = new Map<string, Set<string>>();
  private dirty = new Set<LiveQuery>();
  private receivers = new Set<Receiver>();
  private flushing = false;
  private scheduled = false;
  private lastFlushMs = 0;
  private lastFlushEnd = 0;

  /** Others are let in between two queries of a flush after so many milliseconds. */
  private readonly sliceMs: number;
  /** Commits that were published while a flush runs, whose snapshot does not have them. */
  private late: Commit[] = [];

  constructor(engine: Engine, executor: Executor, expose: boolean, log: Logger, sliceMs = 10) {
    this.sliceMs = sliceMs;
    this.engine = engine;
    this.executor = executor;
    this.expose = expose;
    this.log = log;
    engine.onPublish((commits) => this.invalidate(commits));
  }

  /** All open queries. */
  all(): Iterable<LiveQuery> {
    return this.byKey.values();
  }

  /** Subscribes to a query; `journal` is what the client remembers of an earlier subscription. */
  subscribe(
    path: string,
    args: JSONValue,
    identity: Identity | null,
    journal: string | null,
    by: Subscriber,
  ): LiveQuery {
    const live = this.acquire(canonicalPath(path), args, JSON.stringify(args), identity, journal);
    if (live.fragment !== null || live.subscribers.size > 0) this.engine.metrics.queriesShared++;
    live.subscribers.add(by);
    return live;
  }

  private acquire(
    path: string,
    args: JSONValue,
    argsText: string,
    identity: Identity | null,
    journal: string | null,
  ): LiveQuery {
    const text = identityKey(identity, this.claims.get(path) ?? null);
    const existing = this.byKey.get(liveKey(path, argsText, journal, text));
    if (existing) return existing;
    const live = new LiveQuery(path, args, argsText, identity, journal);
    live.setKey(text);
    this.byKey.set(live.key, live);
    this.dirty.add(live);
    this.engine.metrics.liveQueries = this.byKey.size;
    return live;
  }

  /** Ends a subscription; the query is closed with its last one. */
  unsubscribe(live: LiveQuery, by: Subscriber): void {
    live.subscribers.delete(by);
    if (live.subscribers.size > 0) return;
    if (this.byKey.get(live.key) === live) this.byKey.delete(live.key);
    if (live.reads) this.reads.remove(live.reads, live);
    live.reads = null;
    this.dirty.delete(live);
    this.engine.metrics.liveQueries = this.byKey.size;
  }

  /** True if the query's result is that of the published snapshot. */
  isCurrent(live: LiveQuery): boolean {
    return !this.flushing && live.fragment !== null && !this.dirty.has(live);
  }

  /** Asks for a transition of a connection: at once if nothing has to run for it first. */
  request(receiver: Receiver, current: boolean): void {
    if (current && !this.flushing) {
      receiver.transition(this.engine.published, new Map());
      return;
    }
    this.receivers.add(receiver);
    this.schedule();
  }

  /** The connection is gone. */
  forget(receiver: Receiver): void {
    this.receivers.delete(receiver);
  }

  private invalidate(commits: readonly Commit[]): void {
    const before = this.dirty.size;
    if (this.flushing) this.late.push(...commits);
    for (const commit of commits) for (const write of commit.writes) this.reads.find(write, this.dirty);
    if (this.dirty.size > before) this.schedule();
  }

  private schedule(): void {
    if (this.scheduled || this.flushing) return;
    this.scheduled = true;
    // Idle: at once. Busy: flushing takes at most two thirds of the time, so that mutations get through.
    const due = this.lastFlushEnd + Math.min(this.lastFlushMs / 2, MAX_COALESCE_MS) - performance.now();
    if (due < 0.5) setImmediate(() => void this.flush());
    else setTimeout(() => void this.flush(), due);
  }

  private async flush(): Promise<void> {
    const started = performance.now();
    this.scheduled = false;
    this.flushing = true;
    const snapshot = this.engine.published;
    this.late = [];
    const work = this.dirty;
    this.dirty = new Set();
    const receivers = this.receivers;
    this.receivers = new Set();
    this.changing = receivers;
    try {
      let since = performance.now();
      // Queries split off by identity join `work` while it is walked.
      for (const live of work) {
        if (live.subscribers.size > 0) await this.run(live, snapshot, work);
        if (performance.now() - since >= this.sliceMs) {
          await pause();
          since = performance.now();
        }
      }
      const frames: FrameCache = new Map();
      for (const receiver of receivers) {
        receiver.transition(snapshot, frames);
        if (performance.now() - since > 20) {
          await pause();
          since = performance.now();
        }
      }
    } finally {
      this.flushing = false;
      this.lastFlushEnd = performance.now();
      this.lastFlushMs = this.lastFlushEnd - started;
      this.engine.metrics.flushSeconds.observe(this.lastFlushMs / 1000);
      if (this.dirty.size > 0 || this.receivers.size > 0) this.schedule();
    }
  }

  private changing: Set<Receiver> = new Set();

  /** A subscriber's connection has something to send in the flush that is running. */
  markChanged(receiver: Receiver): void {
    this.changing.add(receiver);
  }

  private async run(live: LiveQuery, snapshot: Snapshot, work: Set<LiveQuery>): Promise<void> {
    const started = performance.now();
    if (live.runs++ > 0) this.engine.metrics.queriesRerun++;
    const request = { path: live.path, args: live.args, identity: live.identity, internal: false };
    const run = await this.executor.runQuery(request, snapshot, live.journal);
    live.lastRunMs = performance.now() - started;
    if (live.subscribers.size === 0) return;
    this.register(live, run);
    // Published since the snapshot, when it was not yet known what this run would read.
    if (this.late.some((commit) => commit.writes.some((write) => writeTouches(run.reads, write)))) this.dirty.add(live);
    if (run.endCursor !== null) live.journal = run.endCursor;
    const fragment = this.encode(live, run);
    this.split(live, run, work);
    if (fragment === live.fragment) {
      this.engine.metrics.resultsUnchanged++;
      return;
    }
    live.fragment = fragment;
    for (const subscriber of live.subscribers) subscriber.changed();
  }

  private register(live: LiveQuery, run: QueryRun): void {
    if (live.reads) {
      if (sameReads(live.reads, run.reads)) return;
      this.reads.remove(live.reads, live);
    }
    live.reads = run.reads;
    this.reads.add(run.reads, live);
  }

  private encode(live: LiveQuery, run: QueryRun): string {
    const logLines = this.expose ? JSON.stringify(run.logLines) : '[]';
    const journal = JSON.stringify(live.journal);
    if (run.outcome.ok) {
      live.failure = null;
      return `"type":"QueryUpdated","value":${run.outcome.json},"logLines":${logLines},"journal":${journal}}`;
    }
    const { error } = run.outcome;
    const failure = `${error instanceof Error ? error.message : String(error)}${JSON.stringify((error as { data?: JSONValue }).data)}`;
    // Every report has an id of its own; the same failure again is not news.
    if (failure === live.failure && live.fragment !== null) return live.fragment;
    live.failure = failure;
    const { message, data } = toClientError(run.outcome.error, this.expose, live.path, this.log);
    const errorData = data === undefined ? '' : `"errorData":${JSON.stringify(data)},`;
    return `"type":"QueryFailed","errorMessage":${JSON.stringify(message)},${errorData}"logLines":${logLines},"journal":${journal}}`;
  }

  /**
   * The run read claims that no run of this function had read before: from now on they are part
   * of the key, and subscribers who differ in them get a query of their own.
   */
  private split(live: LiveQuery, run: QueryRun, work: Set<LiveQuery>): void {
    if (run.use.claims === null) return;
    const known = this.claims.get(live.path) ?? new Set<string>();
    const size = this.claims.has(live.path) ? known.size : -1;
    for (const claim of run.use.claims) known.add(claim);
    if (known.size === size) {
      // Known already, but this query may have been keyed before they were.
      if (identityKey(live.identity, known) === live.identityText) return;
    }
    this.claims.set(live.path, known);
    if (this.byKey.get(live.key) === live) this.byKey.delete(live.key);
    live.setKey(identityKey(live.identity, known));
    const twin = this.byKey.get(live.key);
    if (!twin) this.byKey.set(live.key, live);
    const outer = this.dirty;
    this.dirty = work;
    for (const subscriber of [...live.subscribers]) {
      if (identityKey(subscriber.identity, known) === live.identityText) continue;
      const other = this.acquire(live.path, live.args, live.argsText, subscriber.identity, live.givenJournal);
      live.subscribers.delete(subscriber);
      other.subscribers.add(subscriber);
      subscriber.moveTo(other);
      if (other.fragment !== null) subscriber.changed();
    }
    this.dirty = outer;
  }
}
