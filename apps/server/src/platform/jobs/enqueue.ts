import type { Transaction } from '../database/doors.ts';

export interface JobOptions {
  /** Jobs of one queue run one after another. */
  queue?: string;
  runAt?: Date;
  /** Default 25, with graphile-worker's exponential back-off between. */
  maxAttempts?: number;
  /** A waiting job of the same key is replaced, not doubled. */
  key?: string;
}

/** Enqueues a job in the caller's transaction: it exists if, and only if, that commits. */
export async function enqueueJob(
  tx: Transaction,
  task: string,
  payload: Record<string, unknown>,
  options: JobOptions = {},
): Promise<void> {
  await tx.query('select enqueue_job($1, $2, $3, $4, $5, $6)', [
    task,
    JSON.stringify(payload),
    options.queue ?? null,
    options.runAt ?? null,
    options.maxAttempts ?? 25,
    options.key ?? null,
  ]);
}
