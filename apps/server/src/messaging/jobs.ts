import type { TaskList } from 'graphile-worker';
import type { Transaction } from '../platform/database/doors.ts';
import { enqueueJob } from '../platform/jobs/enqueue.ts';
import type { FetchMediaJob } from './announce-media.ts';
import type { MessagingCore } from './core.ts';
import { fetchMedia } from './fetch-media.ts';
import { reconcileInbound } from './reconcile.ts';
import { reconcileOverdue } from './reconcile-overdue.ts';
import { type RedrawJob, redrawChunk } from './redraw-threads.ts';
import { type RequeueJob, requeueSend } from './requeue-send.ts';
import { type SettleJob, settleMessage } from './settle-unknown.ts';

/** `overdueSeconds`: how long a report may be late before it is asked for; shorter after we were down and missed it. */
interface ReconcileJob {
  overdueSeconds?: number;
}

/** The background work of messaging. */
export function messagingJobs(core: MessagingCore): TaskList {
  return {
    dispatch_message: (payload) => requeueSend(core, payload as RequeueJob),
    settle_message: (payload) => settleMessage(core, payload as SettleJob),
    fetch_media: (payload, { job }) => fetchMedia(core, payload as FetchMediaJob, job.attempts >= job.max_attempts),
    reconcile_messages: async (payload) => {
      await reconcileInbound(core);
      await reconcileOverdue(core, (payload as ReconcileJob).overdueSeconds);
    },
    redraw_threads: (payload) => redrawChunk(core, payload as RedrawJob),
    forget_idempotency_keys: async () => {
      await core.database.withPlatform((tx) =>
        tx.query("delete from idempotency_keys where created_at < now() - interval '24 hours'"),
      );
    },
  };
}

/** Every minute: what the carrier lists against what we have. The start of a server asks by itself (reconcileSoon). */
export const MESSAGING_CRONTAB = [
  '* * * * * reconcile_messages ?max=3&jobKey=reconcile_messages',
  '17 * * * * forget_idempotency_keys ?max=3',
].join('\n');

/** Seconds after which a report is asked for when we have just been down. */
const OVERDUE_AFTER_START_SECONDS = 5;

/** Has everything compared with the carrier's lists now: texts and reports that came while we were down came to nobody. */
export function reconcileSoon(tx: Transaction): Promise<void> {
  return enqueueJob(
    tx,
    'reconcile_messages',
    { overdueSeconds: OVERDUE_AFTER_START_SECONDS },
    { key: 'reconcile_messages_at_start', runAt: new Date(Date.now() + OVERDUE_AFTER_START_SECONDS * 1000) },
  );
}
