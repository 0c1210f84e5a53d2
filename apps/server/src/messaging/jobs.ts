import type { TaskList } from 'graphile-worker';
import type { MessagingCore } from './core.ts';
import { type DispatchJob, dispatchMessage } from './dispatch.ts';
import { reconcileInbound } from './reconcile.ts';
import { reconcileOverdue } from './reconcile-overdue.ts';
import { type SettleJob, settleMessage } from './settle-unknown.ts';

/** The background work of messaging. */
export function messagingJobs(core: MessagingCore): TaskList {
  return {
    dispatch_message: (payload) => dispatchMessage(core, payload as DispatchJob),
    settle_message: (payload) => settleMessage(core, payload as SettleJob),
    reconcile_messages: async () => {
      await reconcileInbound(core);
      await reconcileOverdue(core);
    },
    forget_idempotency_keys: async () => {
      await core.database.withPlatform((tx) =>
        tx.query("delete from idempotency_keys where created_at < now() - interval '24 hours'"),
      );
    },
  };
}

/** Every minute: what the carrier lists against what we have. A run that was missed while we were down is not made up for: the start itself reconciles. */
export const MESSAGING_CRONTAB = [
  '* * * * * reconcile_messages ?max=3&jobKey=reconcile_messages',
  '17 * * * * forget_idempotency_keys ?max=3',
].join('\n');
