import type { MessageStatus } from '@patchline/contracts/message-status';
import type { CarrierError } from '@patchline/domain/carrier-errors';
import { storableText } from '@patchline/domain/text';
import type { DirectoryNumber } from '../carriers/index.ts';
import { isUuid, type TenantTransaction } from '../platform/database/doors.ts';
import { changeStatus, lockMessage } from './change-status.ts';
import type { MessagingCore } from './core.ts';
import { OUTCOME_UNKNOWN } from './outcome-unknown.ts';
import { lockThread } from './thread-facts.ts';

export interface StatusReport {
  number: Pick<DirectoryNumber, 'tenantId' | 'e164'> & { account: { id: string; carrier: string } };
  carrierMessageId: string;
  /** Our own message id, from the callback's URL: it comes even before the carrier's id has been stored. */
  messageId: string | null;
  /** Whom the message went to, where our id in the callback's URL is not part of what the carrier signs. */
  their?: string | null;
  status: MessageStatus;
  error: CarrierError | null;
}

/**
 * Applies what the carrier reports of one message. Reports come late, twice and out of order; news of a message that is
 * not ours (somebody else's program sends from the same number) is dropped. Returns whether a message was found.
 */
export async function recordStatus(core: MessagingCore, told: StatusReport): Promise<boolean> {
  const report: StatusReport = {
    ...told,
    carrierMessageId: storableText(told.carrierMessageId).text,
    their: told.their ? storableText(told.their).text : null,
  };
  return core.database.withTenant(report.number.tenantId, async (tx) => {
    const found = await findMessage(tx, report);
    if (found === null || !(await lockThread(tx, found.thread_id))) return false;
    const message = await lockMessage(tx, found.id);
    if (message === null) return false;
    if (message.carrier_message_id !== null && message.carrier_message_id !== report.carrierMessageId) {
      core.log.error(
        { messageId: message.id, stored: message.carrier_message_id, reported: report.carrierMessageId },
        'the carrier reports a second message for one of ours',
      );
      return false;
    }
    await tx.query(
      `update send_attempts set outcome = 'taken', carrier_message_id = $3
       where tenant_id = $1 and message_id = $2 and outcome = 'unknown'`,
      [tx.tenantId, message.id, report.carrierMessageId],
    );
    // A word after all: what was said for want of one no longer holds.
    const settled = message.error_code === OUTCOME_UNKNOWN.code;
    const row = settled ? { ...message, error_code: null, error_message: null } : message;
    await changeStatus(core, tx, row, {
      status: report.status,
      carrierMessageId: report.carrierMessageId,
      error: report.error,
      actor: `carrier:${report.number.account.carrier}`,
    });
    return true;
  });
}

function findMessage(tx: TenantTransaction, report: StatusReport): Promise<{ id: string; thread_id: string } | null> {
  if (report.messageId !== null && isUuid(report.messageId)) {
    return tx.first(
      `select id, thread_id from messages
       where tenant_id = $1 and id = $2 and direction = 'outbound' and our_address = $3
         and ($4::text is null or their_address = $4)`,
      [tx.tenantId, report.messageId, report.number.e164, report.their ?? null],
    );
  }
  return tx.first(
    `select id, thread_id from messages
     where tenant_id = $1 and carrier_account_id = $2 and carrier_message_id = $3 and direction = 'outbound'`,
    [tx.tenantId, report.number.account.id, report.carrierMessageId],
  );
}
