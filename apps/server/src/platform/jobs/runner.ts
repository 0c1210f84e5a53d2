import { EventEmitter } from 'node:events';
import { Logger as JobLogger, type Runner, run, type TaskList, type WorkerEvents } from 'graphile-worker';
import type pg from 'pg';
import type { Logger } from 'pino';

export interface JobRunner {
  /** Whether jobs are being taken. */
  serving(): boolean;
  stop(): Promise<void>;
}

/**
 * Runs jobs until stopped. `concurrency` is the number at a time; `crontab` has graphile-worker's own lines.
 * A job that throws is tried again with growing pauses.
 */
export async function startJobRunner(options: {
  pool: pg.Pool;
  tasks: TaskList;
  concurrency: number;
  crontab?: string;
  log: Logger;
  /** Called with the name under which jobs will be locked, before the first one is. */
  onLockName?: (name: string) => void;
}): Promise<JobRunner> {
  const events: WorkerEvents = new EventEmitter();
  events.on('pool:create', ({ workerPool }) => options.onLockName?.(workerPool.id));
  events.on('job:error', ({ job, error }) =>
    options.log.warn(
      { err: error, task: job.task_identifier, attempt: job.attempts },
      'a job failed and will be tried again',
    ),
  );
  let stopped = false;
  const runner: Runner = await run({
    pgPool: options.pool,
    taskList: options.tasks,
    concurrency: options.concurrency,
    noHandleSignals: true,
    pollInterval: 1_000,
    events,
    // Without either, graphile-worker looks for a file.
    ...(options.crontab === undefined ? { parsedCronItems: [] } : { crontab: options.crontab }),
    logger: new JobLogger(() => (level, message) => {
      if (level === 'error') options.log.warn({ detail: message }, 'job runner');
    }),
  });
  runner.promise.catch((error: unknown) => {
    stopped = true;
    options.log.error({ err: error }, 'the job runner ended');
  });
  return {
    serving: () => !stopped,
    async stop() {
      if (stopped) return;
      stopped = true;
      await runner.stop();
    },
  };
}
