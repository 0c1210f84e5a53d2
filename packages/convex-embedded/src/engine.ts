import type { Catalog } from './catalog.ts';
import type { CommitLog } from './log/commit-log.ts';
import type { Metrics } from './metrics.ts';
import type { RequestMemory } from './requests.ts';
import type { Commit, RequestRecord, Snapshot, Store } from './store.ts';
import type { Transaction } from './transaction.ts';

/** Called with commits that have become durable, in order. */
export type PublishListener = (commits: readonly Commit[]) => void;

interface Waiting {
  readonly ts: bigint;
  resolve(): void;
  reject(error: Error): void;
}

/**
 * Commits transactions: into memory at once, so that the next mutation builds on them, and to the
 * log. What the log has made safe is published: only then do clients see it or hear of it.
 */
export class Engine {
  readonly store: Store;
  readonly catalog: Catalog;
  readonly requests: RequestMemory;
  readonly metrics: Metrics;
  private readonly log: CommitLog | null;
  private readonly listeners: PublishListener[] = [];
  private unpublished: Commit[] = [];
  private waiting: Waiting[] = [];
  private failure: Error | null = null;
  /** Called if the log fails: nothing can be acknowledged any more. */
  onFailure: (error: Error) => void = () => undefined;

  constructor(store: Store, requests: RequestMemory, metrics: Metrics, log: CommitLog | null) {
    this.store = store;
    this.catalog = store.catalog;
    this.requests = requests;
    this.metrics = metrics;
    this.log = log;
    log?.onDurable((ts) => this.publishUpTo(ts));
    log?.onFailure((error) => this.fail(error));
  }

  /** Listens to durable commits. */
  onPublish(listener: PublishListener): void {
    this.listeners.push(listener);
  }

  /**
   * Commits, and remembers the request in the same log record. Returns the timestamp to wait for
   * with `durable`. Throws `ConflictError`.
   */
  commit(txn: Transaction, request: RequestRecord | null): bigint {
    if (this.failure) throw this.failure;
    const commit = txn.commit(request);
    if (!commit) return txn.base.ts;
    this.metrics.commits++;
    if (request) this.requests.add(request, commit.snapshot.ts);
    this.unpublished.push(commit);
    if (this.log) this.log.append(commit);
    else this.publishUpTo(commit.snapshot.ts);
    return commit.snapshot.ts;
  }

  /** Resolves when everything up to that timestamp is safe; rejects if the log has failed. */
  durable(ts: bigint): Promise<void> {
    if (this.failure) return Promise.reject(this.failure);
    if (this.unpublished.length === 0 || ts <= this.store.published.ts) return Promise.resolve();
    return new Promise((resolve, reject) => this.waiting.push({ ts, resolve, reject }));
  }

  /** Resolves when all commits so far are safe. */
  settled(): Promise<void> {
    return this.durable(this.unpublished.at(-1)?.snapshot.ts ?? 0n);
  }

  /** The durable snapshot. */
  get published(): Snapshot {
    return this.store.published;
  }

  private publishUpTo(ts: bigint): void {
    let count = 0;
    while (count < this.unpublished.length && (this.unpublished[count] as Commit).snapshot.ts <= ts) count++;
    if (count === 0) return;
    const commits = this.unpublished.splice(0, count);
    this.store.publish((commits[count - 1] as Commit).snapshot);
    for (const listener of this.listeners) listener(commits);
    const released = this.waiting.filter((w) => w.ts <= ts);
    if (released.length > 0) {
      this.waiting = this.waiting.filter((w) => w.ts > ts);
      for (const w of released) w.resolve();
    }
  }

  private fail(error: Error): void {
    this.failure = error;
    for (const w of this.waiting) w.reject(error);
    this.waiting = [];
    this.onFailure(error);
  }
}
