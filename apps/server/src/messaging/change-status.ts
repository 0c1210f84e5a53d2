import type { Decision } from '@patchline/contracts/decision';
import { laterStatus, type MessageStatus } from '@patchline/contracts/message-status';
import type { CarrierError } from '@patchline/domain/carrier-errors';
import type { PolicyFacts } from '@patchline/domain/contact-policy';
import { changeFlag } from '../compliance/index.ts';
import type { TenantTransaction } from '../platform/database/doors.ts';
import {
  type MessageFacts,
  messageEntry,
  projectMessage,
  projectThread,
  type ThreadFacts,
  threadEntry,
} from '../platform/hot/project.ts';
import { commitEffects } from './commit-effects.ts';
import type { MessagingCore } from './core.ts';

/** A message as its status changes need it. */
export interface MessageRow extends MessageFacts {
  our_address: string;
  their_address: string;
  lane: PolicyFacts['lane'];
  carrier_account_id: string;
  carrier_message_id: string | null;
}

const COLUMNS = `id, thread_id, seq, version, direction, body, status, at, author_id, author_name, error_code, error_message,
  decision, media, our_address, their_address, lane, carrier_account_id, carrier_message_id`;

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

export interface StatusChange {
  message: MessageRow;
  news: StatusNews;
}

/** Applies news of one message: see changeStatuses. Returns whether anything changed. */
export async function changeStatus(
  core: Pick<MessagingCore, 'processId' | 'pusher' | 'linker'>,
  tx: TenantTransaction,
  message: MessageRow,
  news: StatusNews,
): Promise<boolean> {
  return (await changeStatuses(core, tx, [{ message, news }])) > 0;
}

/**
 * Applies news of messages whose threads and rows are locked, each message once. A status only moves up its lattice; late
 * and repeated news change nothing. Returns how many messages changed.
 *
 * A carrier that says that the person opted out there is heard as an opt-out: the flag is set in the same commit.
 */
export async function changeStatuses(
  core: Pick<MessagingCore, 'processId' | 'pusher' | 'linker'>,
  tx: TenantTransaction,
  changes: readonly StatusChange[],
): Promise<number> {
  const steps = changes.map(nextOf).filter((step) => step !== null);
  if (steps.length === 0) return 0;
  // Before the pictures of the threads are taken, which show the flag.
  for (const step of steps) if (step.moved) await hearOptOut(tx, step);
  const threads = await tx.query<ThreadFacts>(
    'select c.*, team_of_number(c.our_address) as team_id from change_statuses($1, $2, $3, $4, $5, $6, $7) c',
    [
      steps.map(({ next }) => next.id),
      steps.map(({ next }) => next.version),
      steps.map(({ next }) => next.status),
      steps.map(({ next }) => next.carrier_message_id),
      steps.map(({ next }) => next.error_code),
      steps.map(({ next }) => next.error_message),
      steps.map(({ next }) => (next.decision === null ? null : JSON.stringify(next.decision))),
    ],
  );
  await commitEffects(core, tx, {
    hot: [
      ...steps.map(({ next }) => messageEntry(projectMessage(tx.tenantId, next))),
      ...threads.map((facts) => threadEntry(projectThread(tx.tenantId, facts))),
    ],
    audit: steps.flatMap(({ moved, next, error, news }) =>
      moved
        ? [
            {
              kind: `message.${next.status}`,
              subject: next.id,
              actor: news.actor,
              payload: {
                carrierMessageId: next.carrier_message_id,
                ...(error === null ? {} : { error: error.code }),
              },
            },
          ]
        : [],
    ),
  });
  return steps.length;
}

interface Step {
  next: MessageRow;
  /** Whether the status is another one; else only the carrier's id came to be known. */
  moved: boolean;
  /** What the news say went wrong, when the status is theirs. */
  error: CarrierError | null;
  news: StatusNews;
}

/** The message after the news, or null when they change nothing. */
function nextOf({ message, news }: StatusChange): Step | null {
  const status = laterStatus(message.status, news.status);
  const carrierMessageId = message.carrier_message_id ?? news.carrierMessageId ?? null;
  if (status === message.status && carrierMessageId === message.carrier_message_id) return null;
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
  return { next, moved: status !== message.status, error, news };
}

async function hearOptOut(tx: TenantTransaction, { next, error, news }: Step): Promise<void> {
  if (error?.class !== 'OPT_OUT') return;
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
