import type { JSONValue } from 'convex/values';
import { CRON_TABLE, type Doc, idKey, SCHEDULED_TABLE } from '../catalog.ts';
import type { Engine } from '../engine.ts';
import { type Logger, withoutValues } from '../errors.ts';
import { hostMeta } from '../functions/call.ts';
import { ContentionError, type Executor, type MutationFailure, type Request } from '../functions/executor.ts';
import { type CronJob, canonicalPath } from '../functions/registry.ts';
import type { Commit } from '../store.ts';
import type { Transaction } from '../transaction.ts';
import { Cursor, treeGet } from '../tree.ts';
import { newId } from '../values/id.ts';
import type { JsonObject } from '../values/json.ts';
import { AFTER_PREFIX } from '../values/key.ts';
import { nextRun } from './cron-schedule.ts';

/** Finished jobs stay readable this long, as on a deployment, but not more of them than this. */
const KEEP_FINISHED_MS = 7 * 24 * 60 * 60 * 1000;
const KEEP_FINISHED = 10_000;
/** How long a mutation that lost every race waits before it is tried again. */
const CONTENTION_PAUSE_MS = 100;
const CLEAN_UP_EVERY_MS = 10 * 60 * 1000;
/** Timers of the host cannot wait longer. */
const MAX_TIMER_MS = 2 ** 31 - 1;

/** Thrown inside a job's transaction if the job is not pending any more. */
class NotPending extends Error {}

/**
 * Runs scheduled functions and cron jobs.
 *
 * A job is a document of `_scheduled_functions`: pending → success | failed | canceled; actions
 * also inProgress. A mutation's effects and its job's `success` are one transaction, so it takes
 * effect exactly once. An action is marked inProgress, durably, before it starts and never starts
 * again, so it runs at most once.
 */
export class Scheduler {
  private readonly engine: Engine;
  private readonly executor: Executor;
  private readonly crons: Record<string, CronJob>;
  private readonly log: Logger;
  /** Due times of pending jobs, in milliseconds, by id. */
  private readonly pending = new Map<string, number>();
  private readonly cronDue = new Map<string, number>();
  private readonly cronsRunning = new Set<string>();
  private timer: NodeJS.Timeout | null = null;
  private timerDue = Number.POSITIVE_INFINITY;
  private cleaner: NodeJS.Timeout | null = null;
  private running = false;

  constructor(engine: Engine, executor: Executor, crons: Record<string, CronJob>, log: Logger) {
    this.engine = engine;
    this.executor = executor;
    this.crons = crons;
    this.log = log;
    engine.onPublish((commits) => this.notice(commits));
  }

  /** Takes up the jobs found in the data and starts the clock. */
  start(): void {
    this.running = true;
    for (const doc of this.jobs()) {
      const { kind } = doc.value.state as { kind: string };
      if (kind === 'pending') this.pending.set(doc.id, doc.value.scheduledTime as number);
      // It was running when the process ended, and may have had effects.
      if (kind === 'inProgress') void this.finish(doc.id, 'failed', 'The server was restarted while the action ran.');
    }
    const now = Date.now();
    for (const [name, job] of Object.entries(this.crons)) {
      this.cronDue.set(name, nextRun(job.schedule, this.lastCronRun(name), now));
    }
    this.cleaner = setInterval(() => void this.cleanUp(), CLEAN_UP_EVERY_MS);
    this.cleaner.unref();
    this.arm();
  }

  /** Starts nothing any more. */
  stop(): void {
    this.running = false;
    if (this.timer) clearTimeout(this.timer);
    if (this.cleaner) clearInterval(this.cleaner);
  }

  private get table() {
    return this.engine.catalog.define(SCHEDULED_TABLE);
  }

  private *jobs(): Iterable<Doc> {
    const cursor = new Cursor(this.engine.published.trees[this.table.byId.slot], '', AFTER_PREFIX, false);
    while (cursor.next()) yield cursor.value;
  }

  private notice(commits: readonly Commit[]): void {
    for (const commit of commits) {
      for (const write of commit.writes) {
        if (write.table.name !== SCHEDULED_TABLE) continue;
        const state = write.next?.value.state as { kind: string } | undefined;
        if (state?.kind === 'pending') {
          const due = write.next?.value.scheduledTime as number;
          this.pending.set(write.id, due);
          if (due < this.timerDue) this.arm();
        } else {
          this.pending.delete(write.id);
        }
      }
    }
  }

  private arm(): void {
    if (!this.running) return;
    let due = Number.POSITIVE_INFINITY;
    for (const at of this.pending.values()) if (at < due) due = at;
    for (const at of this.cronDue.values()) if (at < due) due = at;
    if (this.timer) clearTimeout(this.timer);
    this.timerDue = due;
    this.timer = null;
    if (due === Number.POSITIVE_INFINITY) return;
    this.timer = setTimeout(() => this.tick(), Math.min(MAX_TIMER_MS, Math.max(0, Math.ceil(due - Date.now()))));
  }

  private tick(): void {
    const now = Date.now();
    const due = [...this.pending].filter(([, at]) => at <= now).sort((a, b) => a[1] - b[1]);
    for (const [id] of due) {
      this.pending.delete(id);
      void this.runJob(id);
    }
    for (const [name, at] of this.cronDue) {
      if (at > now) continue;
      const job = this.crons[name] as CronJob;
      this.cronDue.set(name, Math.max(nextRun(job.schedule, at, now), now));
      // As on a deployment: a run is left out while the one before still goes on.
      if (!this.cronsRunning.has(name)) void this.runCron(name, job, at);
    }
    this.arm();
  }

  private job(id: string): Doc | null {
    return treeGet(this.engine.store.head.trees[this.table.byId.slot], idKey(id)) ?? null;
  }

  private async runJob(id: string): Promise<void> {
    const doc = this.job(id);
    if (!doc || (doc.value.state as { kind: string }).kind !== 'pending') return;
    this.engine.metrics.scheduledRun++;
    const path = canonicalPath(doc.value.name as string);
    const args = (doc.raw.args as JSONValue[])[0] as JSONValue;
    const request: Request = { path, args, identity: null, internal: true, meta: hostMeta(id) };
    try {
      if (this.executor.registry.functions.get(path)?.kind === 'action') await this.runAction(id, request);
      else await this.executor.runMutation(request, null, (txn) => this.setState(txn, id, ['pending'], 'success'));
    } catch (failure) {
      const error = (failure as Partial<MutationFailure>).error ?? failure;
      if (error instanceof NotPending) return;
      if (error instanceof ContentionError) {
        // It changed nothing, and a scheduled mutation is promised to happen.
        this.pending.set(id, Date.now() + CONTENTION_PAUSE_MS);
        this.arm();
        return;
      }
      const text = error instanceof Error ? error.message : String(error);
      this.log('error', 'scheduled function failed', { path, error: withoutValues(text) });
      await this.finish(id, 'failed', text);
    }
  }

  private async runAction(id: string, request: Request): Promise<void> {
    await this.executor.write((txn) => this.setState(txn, id, ['pending'], 'inProgress'));
    await this.executor.runAction(request);
    await this.finish(id, 'success', null);
  }

  private setState(txn: Transaction, id: string, from: string[], kind: string, error: string | null = null): void {
    const doc = txn.get(this.table, id);
    if (!doc || !from.includes((doc.value.state as { kind: string }).kind)) throw new NotPending();
    const state: JsonObject = error === null ? { kind } : { kind, error };
    const done: JsonObject = kind === 'inProgress' ? {} : { completedTime: Date.now() };
    txn.put(this.table, { ...doc.raw, ...done, state }, doc);
  }

  private async finish(id: string, kind: 'success' | 'failed', error: string | null): Promise<void> {
    try {
      await this.executor.write((txn) => this.setState(txn, id, ['pending', 'inProgress'], kind, error));
    } catch (failure) {
      // Canceled while it ran: that stays.
      if (failure instanceof NotPending) return;
      this.log('error', 'job state not stored', { id, error: (failure as Error).message });
    }
  }

  private cronDoc(name: string): Doc | null {
    const table = this.engine.catalog.define(CRON_TABLE);
    const cursor = new Cursor(this.engine.store.head.trees[table.byId.slot], '', AFTER_PREFIX, false);
    while (cursor.next()) if (cursor.value.value.name === name) return cursor.value;
    return null;
  }

  private lastCronRun(name: string): number | null {
    return (this.cronDoc(name)?.value.lastRun as number | undefined) ?? null;
  }

  private async runCron(name: string, job: CronJob, dueAt: number): Promise<void> {
    const table = this.engine.catalog.define(CRON_TABLE);
    const remember = (txn: Transaction) => {
      const known = this.cronDoc(name);
      const lastRun = Math.max(dueAt, Date.now());
      if (known) txn.put(table, { ...known.raw, lastRun }, known);
      else
        txn.put(
          table,
          {
            _id: newId(table.number),
            _creationTime: txn.store.nextCreationTime(Date.now()),
            name,
            lastRun,
          },
          null,
        );
    };
    const path = canonicalPath(job.name);
    const request: Request = { path, args: job.args[0] as JSONValue, identity: null, internal: true };
    this.cronsRunning.add(name);
    try {
      if (this.executor.registry.functions.get(path)?.kind === 'action') {
        await this.executor.write(remember);
        await this.executor.runAction(request);
      } else {
        await this.executor.runMutation(request, null, remember);
      }
    } catch (failure) {
      const error = (failure as Partial<MutationFailure>).error ?? failure;
      this.log('error', 'cron job failed', { name, error: error instanceof Error ? error.message : String(error) });
    } finally {
      this.cronsRunning.delete(name);
    }
  }

  /** Removes finished jobs that are old or too many. */
  private async cleanUp(): Promise<void> {
    const finished: { id: string; at: number }[] = [];
    for (const doc of this.jobs()) {
      const at = doc.value.completedTime;
      if (typeof at === 'number') finished.push({ id: doc.id, at });
    }
    finished.sort((a, b) => b.at - a.at);
    const oldest = Date.now() - KEEP_FINISHED_MS;
    const remove = finished.filter(({ at }, i) => i >= KEEP_FINISHED || at < oldest).slice(0, 5000);
    if (remove.length === 0) return;
    await this.executor.write((txn) => {
      for (const { id } of remove) {
        const doc = txn.get(this.table, id);
        if (doc) txn.remove(this.table, doc);
      }
    });
  }
}
