import type { Logger } from 'pino';
import type { Database } from '../database/doors.ts';
import { type FeedEntry, HotFailure, type HotGateway } from './hot-gateway.ts';

/** Entries in one mutation of the hot tier. */
const BATCH = 200;

/** Batches on their way at once: the hot tier makes commits durable together, so a second one need not wait for the first. */
const IN_FLIGHT = 3;

/** Entries kept in memory before the rest is left to be read from the outbox. */
const MOST_WAITING = 10_000;

/** How long applied rows wait to be deleted together, in milliseconds. */
const DELETE_AFTER_MS = 100;

/** How often rows that other, perhaps dead, processes left are looked for, in milliseconds. */
const SWEEP_MS = 1_000;

/** Rows older than this are anybody's, in seconds. The hot tier applies only newer versions, so twice does no harm. */
const ABANDONED_AFTER_SECONDS = 2;

const BACKOFF_FIRST_MS = 100;
const BACKOFF_MOST_MS = 2_000;

/** A row of the outbox: what to tell, and by which key it is deleted once told. */
export interface OutboxRow {
  tenantId: string;
  id: number;
  entry: FeedEntry;
}

/**
 * Carries committed changes to the hot tier.
 *
 *   live      rows come straight from the transaction that committed them; what gathers while batches are on their way
 *             goes with the next, so that batches grow with the load
 *   catch-up  after a start, a failure, or more than memory should hold: rows are read from the outbox until none is left
 *
 * Rows are deleted when they were applied. A process that dies before that has its rows pushed again by another one.
 */
export interface HotPusher {
  /** Takes rows that this process has just committed. */
  push(rows: readonly OutboxRow[]): void;
  /** Resolves when nothing is left to push. For tests and shutdown. */
  settled(): Promise<void>;
  stop(): Promise<void>;
}

export function startHotPusher(deps: {
  database: Database;
  hot: HotGateway;
  processId: string;
  log: Logger;
}): HotPusher {
  const { database, hot, processId, log } = deps;
  let live = false;
  let waiting: OutboxRow[] = [];
  let inFlight = 0;
  let stopped = false;
  let backoff = BACKOFF_FIRST_MS;
  let caughtUp: Promise<void> = Promise.resolve();
  let told: OutboxRow[] = [];
  let deleteTimer: NodeJS.Timeout | null = null;
  const deletions = new Set<Promise<void>>();
  let cutPause: (() => void) | null = null;
  /** Something was committed while the outbox was being read: it must be read once more. */
  let missed = false;
  const idle: Array<() => void> = [];

  const deleteTold = () => {
    deleteTimer = null;
    const rows = told;
    told = [];
    const deletion = deleteRows(database, rows)
      // They stay in the outbox and are told once more, which does no harm.
      .catch((error: unknown) => log.warn({ err: error }, 'rows that the hot tier has were not deleted yet'))
      .then(() => {
        deletions.delete(deletion);
        tellIdle();
      });
    deletions.add(deletion);
  };

  const markTold = (rows: readonly OutboxRow[]) => {
    told.push(...rows);
    if (deleteTimer === null) deleteTimer = setTimeout(deleteTold, DELETE_AFTER_MS);
  };

  /**
   * Applies a batch whole. One that the hot tier fails at is tried row by row: a row that it fails at alone would hold up
   * everything behind it for ever, so it is told to the log and left to be filled when its thread is opened. Only while
   * the hot tier works otherwise, which the empty batch shows; else nothing is given up.
   */
  const apply = async (entries: readonly FeedEntry[]) => {
    try {
      await hot.applyFeed(entries);
    } catch (error) {
      if (!(error instanceof HotFailure)) throw error;
      await hot.applyFeed([]);
      for (const entry of entries) {
        try {
          await hot.applyFeed([entry]);
        } catch (alone) {
          if (!(alone instanceof HotFailure)) throw alone;
          log.error({ err: alone, kind: entry.kind, version: entry.version }, 'the hot tier fails at a row');
        }
      }
    }
  };

  const tellIdle = () => {
    const busy = !live || waiting.length > 0 || inFlight > 0 || told.length > 0 || deletions.size > 0;
    if (!busy) for (const resolve of idle.splice(0)) resolve();
  };

  const pump = () => {
    while (live && waiting.length > 0 && inFlight < IN_FLIGHT) {
      const rows = waiting.splice(0, BATCH);
      inFlight++;
      apply(newestOfEach(rows))
        .then(
          () => markTold(rows),
          (error: unknown) => fallBack(error),
        )
        .finally(() => {
          inFlight--;
          pump();
          tellIdle();
        });
    }
  };

  const fallBack = (error: unknown) => {
    if (!live || stopped) return;
    log.warn({ err: error }, 'the hot tier does not take changes; they are kept');
    catchUp();
  };

  /** Reads what stands in the outbox and pushes it until nothing is left, then goes live. */
  const catchUp = () => {
    live = false;
    waiting = [];
    caughtUp = (async () => {
      while (!stopped) {
        missed = false;
        try {
          const rows = await read();
          if (rows.length > 0) {
            await apply(newestOfEach(rows));
            await deleteRows(database, rows);
          } else if (!missed) {
            live = true;
          }
          backoff = BACKOFF_FIRST_MS;
          if (live) break;
        } catch (error) {
          if (backoff >= BACKOFF_MOST_MS) log.debug({ err: error }, 'the hot tier still does not take changes');
          await pause(backoff);
          backoff = Math.min(backoff * 2, BACKOFF_MOST_MS);
        }
      }
      pump();
      tellIdle();
    })();
  };
  const read = async (): Promise<OutboxRow[]> => {
    const rows = await database.withPlatform((tx) =>
      tx.query<{ tenant_id: string; id: number; kind: FeedEntry['kind']; version: number; row: FeedEntry['row'] }>(
        `select tenant_id, id, kind, version, row from hot_outbox
         where process_id = $1 or created_at < now() - make_interval(secs => ${ABANDONED_AFTER_SECONDS})
         order by created_at, id limit ${BATCH}`,
        [processId],
      ),
    );
    return rows.map(({ tenant_id: tenantId, id, kind, version, row }) => ({
      tenantId,
      id,
      entry: { kind, version, row } as FeedEntry,
    }));
  };

  const pause = (ms: number) =>
    new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ms);
      cutPause = () => {
        clearTimeout(timer);
        resolve();
      };
    });

  const sweep = setInterval(() => {
    if (!live) return;
    database
      .withPlatform((tx) =>
        tx.first(
          `select 1 from hot_outbox where created_at < now() - make_interval(secs => ${ABANDONED_AFTER_SECONDS}) limit 1`,
        ),
      )
      .then((found) => found !== null && live && waiting.length === 0 && inFlight === 0 && catchUp())
      .catch((error: unknown) => log.warn({ err: error }, 'the outbox could not be looked at'));
  }, SWEEP_MS);
  catchUp();

  return {
    push(rows) {
      missed = true;
      if (!live) return;
      if (waiting.length + rows.length > MOST_WAITING) {
        catchUp();
        return;
      }
      waiting.push(...rows);
      pump();
    },
    async settled() {
      await caughtUp;
      const quiet = new Promise<void>((resolve) => idle.push(resolve));
      tellIdle();
      await quiet;
    },
    async stop() {
      stopped = true;
      clearInterval(sweep);
      cutPause?.();
      await caughtUp;
      live = false;
      if (deleteTimer !== null) {
        clearTimeout(deleteTimer);
        deleteTold();
      }
      await Promise.all(deletions);
      for (const resolve of idle.splice(0)) resolve();
    },
  };
}

async function deleteRows(database: Database, rows: readonly OutboxRow[]): Promise<void> {
  await database.withPlatform((tx) =>
    tx.query(
      `delete from hot_outbox o using unnest($1::uuid[], $2::bigint[]) as d(tenant_id, id)
       where o.tenant_id = d.tenant_id and o.id = d.id`,
      [rows.map((row) => row.tenantId), rows.map((row) => row.id)],
    ),
  );
}

/** Of several versions of one entity in a batch only the newest need travel. */
function newestOfEach(rows: readonly OutboxRow[]): FeedEntry[] {
  const newest = new Map<string, FeedEntry>();
  for (const { entry } of rows) {
    const id = entry.kind === 'thread' ? entry.row.threadId : entry.row.messageId;
    const before = newest.get(id);
    if (before === undefined || before.version <= entry.version) newest.set(id, entry);
  }
  return [...newest.values()];
}
