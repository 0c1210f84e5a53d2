import pg from 'pg';
import type { Logger } from 'pino';
import type { Database } from '../database/doors.ts';

const BEAT_MS = 5_000;

/** A process whose last beat is older is taken for dead even while its connection seems to live, in seconds. */
const SILENT_AFTER_SECONDS = 20;

/**
 * Shows that this process lives and clears up after those that do not: their jobs, which graphile-worker would keep
 * locked for four hours, run again within 30 seconds, at once in most cases.
 */
export interface Heartbeat {
  /** Beats now: after the set of workers changed. */
  beat(): Promise<void>;
  /** Looks for dead processes now; returns their ids. */
  reap(): Promise<string[]>;
  stop(): Promise<void>;
}

export async function startHeartbeat(options: {
  database: Database;
  /** Where the connection that proves life is opened. */
  url: string;
  processId: string;
  workerIds: () => string[];
  /** Called once for each process found dead, before its jobs are freed. */
  onDead?: (processId: string) => Promise<void>;
  log: Logger;
}): Promise<Heartbeat> {
  const { database, processId, log } = options;
  let proof: pg.Client | null = null;
  let stopped = false;

  // A session-level lock: PostgreSQL lets go of it the moment this connection is gone, however the process ended.
  const holdProof = async () => {
    if (proof !== null || stopped) return;
    const client = new pg.Client({ connectionString: options.url, application_name: 'patchline:alive' });
    client.on('error', () => {
      if (proof === client) proof = null;
    });
    await client.connect();
    await client.query('select pg_advisory_lock(hashtextextended($1, 0))', [processId]);
    proof = client;
  };

  const beat = async () => {
    await holdProof();
    await database.withPlatform((tx) =>
      tx.query(
        `insert into worker_heartbeats (process_id, worker_ids) values ($1, $2)
         on conflict (process_id) do update set worker_ids = excluded.worker_ids, seen_at = now()`,
        [processId, options.workerIds()],
      ),
    );
  };

  const reap = async () => {
    const dead = await database.withPlatform((tx) =>
      tx.query<{ process_id: string; worker_ids: string[] }>(
        `select process_id, worker_ids from worker_heartbeats
         where process_id <> $1
           and (seen_at < now() - make_interval(secs => ${SILENT_AFTER_SECONDS})
                or pg_try_advisory_xact_lock(hashtextextended(process_id::text, 0)))`,
        [processId],
      ),
    );
    for (const process of dead) {
      log.info({ deadProcess: process.process_id }, 'a server process is gone; its work is taken over');
      await options.onDead?.(process.process_id);
      await database.withPlatform(async (tx) => {
        await tx.query('select free_jobs_of($1)', [process.worker_ids]);
        await tx.query('delete from worker_heartbeats where process_id = $1', [process.process_id]);
      });
    }
    return dead.map((process) => process.process_id);
  };

  const round = async () => {
    try {
      await beat();
      await reap();
    } catch (error) {
      log.warn({ err: error }, 'the heartbeat could not be written; trying again');
    }
  };
  await beat();
  let running: Promise<void> = Promise.resolve();
  const timer = setInterval(() => {
    running = running.then(round);
  }, BEAT_MS);

  return {
    beat,
    reap,
    async stop() {
      stopped = true;
      clearInterval(timer);
      await running;
      await database.withPlatform((tx) => tx.query('delete from worker_heartbeats where process_id = $1', [processId]));
      await proof?.end();
    },
  };
}
