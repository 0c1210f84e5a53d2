import type { PolicyFacts } from '@patchline/domain/contact-policy';
import type { MessagingCore } from './core.ts';
import { queueSend, sendUntil } from './send-queue.ts';

export interface RequeueJob {
  tenantId: string;
  messageId: string;
}

/**
 * Puts a text that was accepted, and never begun, into its number's queue: the job that versions before the queue left for
 * each text. One that was begun stays as it is, because the queue never repeats a call.
 */
export async function requeueSend(core: MessagingCore, job: RequeueJob): Promise<void> {
  await core.database.withTenant(job.tenantId, async (tx) => {
    const message = await tx.first<{ our_address: string; lane: PolicyFacts['lane']; at: Date }>(
      `select our_address, lane, at from messages
       where tenant_id = $1 and id = $2 and direction = 'outbound' and status in ('accepted', 'sending')`,
      [tx.tenantId, job.messageId],
    );
    if (message === null) return;
    await queueSend(core, tx, {
      messageId: job.messageId,
      our: message.our_address,
      dueAt: null,
      expiresAt: sendUntil(message.at, message.lane),
    });
  });
}
