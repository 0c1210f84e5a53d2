import type { Decision } from '@patchline/contracts/decision';
import { laterStatus, type MessageStatus } from '@patchline/contracts/message-status';
import type { CarrierError } from '@patchline/domain/carrier-errors';
import { changeFlag } from '../compliance/index.ts';
import type { AuditEntry } from '../platform/audit/append.ts';
import type { TenantTransaction } from '../platform/database/doors.ts';
import type { FeedEntry } from '../platform/hot/hot-gateway.ts';
import { type MessageFacts, messageEntry, projectMessage, threadEntry } from '../platform/hot/project.ts';
import { commitEffects } from './commit-effects.ts';
import type { MessagingCore } from './core.ts';
import { touchThread } from './thread-facts.ts';

/** A message as its status changes need it. */
export interface MessageRow extends MessageFacts {
  our_address: string;
  their_address: string;
  lane: 'conversation' | 'confirmation';
  carrier_account_id: string;
  carrier_message_id: string | null;
}

const COLUMNS = `id, thread_id, seq, version, direction, body, status, at, author_id, author_name, error_code, error_message,
  decision, our_address, their_address, lane, carrier_account_id, carrier_message_id`;

/** Reads and locks a message. The caller has locked its thread. */
export function lockMessage(tx: TenantTransaction, messageId: string): Promise<MessageRow | null> {
  return tx.first<MessageRow>(`select ${COLUMNS} from messages where tenant_id = $1 and id = $2 for update`, [
    tx.tenantId,
    messageId,
  ]);
}

export interface StatusNews {
  status: MessageStatus;
  carrierMessageId?: string;
  error?: CarrierError | null;
  decision?: Decision;
  /** Who says so, for the ledger. */
  actor: string;
}

/**
 * Applies news of a message whose thread and row are locked. A status only moves up its lattice; late and repeated news
 * change nothing. Returns whether anything changed.
 *
 * A carrier that says that the person opted out there is heard as an opt-out: the flag is set in the same commit.
 */
export async function changeStatus(
  core: Pick<MessagingCore, 'processId' | 'pusher' | 'linker'>,
  tx: TenantTransaction,
  message: MessageRow,
  news: StatusNews,
): Promise<boolean> {
  const status = laterStatus(message.status, news.status);
  const carrierMessageId = message.carrier_message_id ?? news.carrierMessageId ?? null;
  if (status === message.status && carrierMessageId === message.carrier_message_id) return false;
  const error = status === news.status ? (news.error ?? null) : null;
  const next: MessageRow = {
    ...message,
    version: message.version + 1,
    status,
    carrier_message_id: carrierMessageId,
    error_code: error?.code ?? message.error_code,
    error_message: error?.words ?? message.error_message,
    decision: news.decision ?? message.decision,
  };
  await tx.query(
    `update messages set version = $3, status = $4, carrier_message_id = $5, error_code = $6, error_message = $7,
       decision = $8, updated_at = now() where tenant_id = $1 and id = $2`,
    [
      tx.tenantId,
      next.id,
      next.version,
      next.status,
      next.carrier_message_id,
      next.error_code,
      next.error_message,
      next.decision === null ? null : JSON.stringify(next.decision),
    ],
  );
  const hot: FeedEntry[] = [messageEntry(projectMessage(tx.tenantId, next))];
  const audit: AuditEntry[] = [];
  if (status !== message.status) {
    // Before the picture of the thread is taken, which shows the flag.
    if (error?.class === 'OPT_OUT') {
      await changeFlag(tx, {
        channel: 'sms',
        address: next.their_address,
        set: true,
        source: 'carrier_error',
        reason: `Carrier error ${error.code}`,
        actor: news.actor,
        receivedAt: new Date(),
        messageId: next.id,
      });
    }
    const last = await tx.first(
      `update conversations set last_message_status = $3 where tenant_id = $1 and last_message_id = $2
         and id = (select conversation_id from messages where tenant_id = $1 and id = $2) returning id`,
      [tx.tenantId, next.id, next.status],
    );
    if (last !== null) {
      const thread = await touchThread(tx, next.thread_id);
      if (thread !== null) hot.push(threadEntry(thread));
    }
    audit.push({
      kind: `message.${status}`,
      subject: next.id,
      actor: news.actor,
      payload: { carrierMessageId, ...(error === null ? {} : { error: error.code }) },
    });
  }
  await commitEffects(core, tx, { audit, hot });
  return true;
}
