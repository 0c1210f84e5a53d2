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
  /** Beats now: after the names under which jobs are locked changed. */
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
  /** The names under which this process locks jobs. */
  lockNames: () => string[];
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
        `insert into worker_heartbeats (process_id, lock_names) values ($1, $2)
         on conflict (process_id) do update set lock_names = excluded.lock_names, seen_at = now()`,
        [processId, options.lockNames()],
      ),
    );
  };

  const reap = async () => {
    const dead = await database.withPlatform((tx) =>
      tx.query<{ process_id: string; lock_names: string[] }>(
        `select process_id, lock_names from worker_heartbeats
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
        await tx.query('select free_jobs_of($1)', [process.lock_names]);
        await tx.query('delete from worker_heartbeats where process_id = $1', [process.process_id]);
      });
    }
    await database.withPlatform((tx) =>
      tx.query('select free_orphaned_jobs(array(select unnest(lock_names) from worker_heartbeats))'),
    );
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
  // At once as well: whoever starts is often what replaces a process that has just died.
  let running: Promise<void> = round();
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
