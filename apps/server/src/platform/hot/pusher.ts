import type { Logger } from 'pino';
import type { Database } from '../database/doors.ts';
import { type FeedEntry, HotFailure, type HotGateway } from './hot-gateway.ts';

/** Entries in one mutation of the hot tier. */
const BATCH = 200;

/** How often rows that other, perhaps dead, processes left are looked for, in milliseconds. */
const SWEEP_MS = 1_000;

/** Rows older than this are anybody's, in seconds. The hot tier applies only newer versions, so twice does no harm. */
const ABANDONED_AFTER_SECONDS = 2;

const BACKOFF_FIRST_MS = 100;
const BACKOFF_MOST_MS = 2_000;

interface OutboxRow {
  tenant_id: string;
  id: number;
  kind: 'thread' | 'message';
  entity_id: string;
  version: number;
  row: FeedEntry['row'];
}

/**
 * Carries committed changes to the hot tier. One batch is on its way at a time; what is committed meanwhile gathers for
 * the next, so that the batches grow with the load.
 */
export interface HotPusher {
  /** Says that this process committed outbox rows. */
  signal(): void;
  /** Resolves when nothing is left to push, or rejects when the hot tier does not take it. For tests and shutdown. */
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
  let wanted = false;
  let sweepWanted = true;
  let stopped = false;
  let backoff = BACKOFF_FIRST_MS;
  let wake: (() => void) | null = null;
  const idle: Array<() => void> = [];

  const read = (abandoned: boolean) =>
    database.withPlatform((tx) =>
      abandoned
        ? tx.query<OutboxRow>(
            `select tenant_id, id, kind, entity_id, version, row from hot_outbox
             where created_at < now() - make_interval(secs => ${ABANDONED_AFTER_SECONDS}) order by created_at limit ${BATCH}`,
          )
        : tx.query<OutboxRow>(
            `select tenant_id, id, kind, entity_id, version, row from hot_outbox
             where process_id = $1 order by id limit ${BATCH}`,
            [processId],
          ),
    );

  /**
   * Applies a batch whole. One that the hot tier fails at is tried row by row: a row that fails alone while others pass
   * would hold up everything behind it for ever, so it is told to the log and left to be filled when its thread is opened.
   */
  const applyFeed = async (entries: readonly FeedEntry[]) => {
    try {
      await hot.applyFeed(entries);
    } catch (error) {
      if (!(error instanceof HotFailure) || entries.length === 1) throw error;
      const failed: FeedEntry[] = [];
      for (const entry of entries) {
        try {
          await hot.applyFeed([entry]);
        } catch (alone) {
          if (!(alone instanceof HotFailure)) throw alone;
          failed.push(entry);
        }
      }
      if (failed.length === entries.length) throw error;
      for (const { kind, version } of failed) log.error({ err: error, kind, version }, 'the hot tier fails at a row');
    }
  };

  const pushBatch = async (abandoned: boolean): Promise<number> => {
    const rows = await read(abandoned);
    if (rows.length === 0) return 0;
    await applyFeed(newestOfEach(rows));
    await database.withPlatform((tx) =>
      tx.query(
        'delete from hot_outbox o using unnest($1::uuid[], $2::bigint[]) as d(tenant_id, id) where o.tenant_id = d.tenant_id and o.id = d.id',
        [rows.map((row) => row.tenant_id), rows.map((row) => row.id)],
      ),
    );
    return rows.length;
  };

  const pause = (ms: number) =>
    new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ms);
      wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });

  const loop = async () => {
    while (!stopped) {
      const abandoned = sweepWanted;
      if (!wanted && !abandoned) {
        for (const resolve of idle.splice(0)) resolve();
        await pause(SWEEP_MS);
        continue;
      }
      wanted = false;
      sweepWanted = false;
      try {
        let pushed = await pushBatch(false);
        if (abandoned) pushed += await pushBatch(true);
        if (pushed > 0) wanted = true;
        backoff = BACKOFF_FIRST_MS;
      } catch (error) {
        wanted = true;
        if (backoff === BACKOFF_FIRST_MS) log.warn({ err: error }, 'the hot tier does not take changes; they are kept');
        await pause(backoff);
        backoff = Math.min(backoff * 2, BACKOFF_MOST_MS);
      }
    }
  };
  const sweep = setInterval(() => {
    sweepWanted = true;
    wake?.();
  }, SWEEP_MS);
  const done = loop();

  return {
    signal() {
      wanted = true;
      if (backoff === BACKOFF_FIRST_MS) wake?.();
    },
    settled() {
      wanted = true;
      return new Promise<void>((resolve) => {
        idle.push(resolve);
        wake?.();
      });
    },
    async stop() {
      stopped = true;
      clearInterval(sweep);
      wake?.();
      await done;
      for (const resolve of idle.splice(0)) resolve();
    },
  };
}

/** Of several versions of one entity in a batch only the newest need travel. */
function newestOfEach(rows: readonly OutboxRow[]): FeedEntry[] {
  const newest = new Map<string, OutboxRow>();
  for (const row of rows) {
    const before = newest.get(row.entity_id);
    if (before === undefined || before.version <= row.version) newest.set(row.entity_id, row);
  }
  return [...newest.values()].map(({ kind, version, row }) => ({ kind, version, row }) as FeedEntry);
}
