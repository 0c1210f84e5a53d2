import { v7 as uuidv7 } from 'uuid';
import type { SendOutcome } from '../carriers/index.ts';
import { decideSend } from '../compliance/index.ts';
import type { TenantTransaction } from '../platform/database/doors.ts';
import { enqueueJob } from '../platform/jobs/enqueue.ts';
import { changeStatus, lockMessage, type MessageRow } from './change-status.ts';
import type { MessagingCore } from './core.ts';
import { lockThread } from './thread-facts.ts';

export interface DispatchJob {
  tenantId: string;
  messageId: string;
}

/** Tries at a message whose attempts failed definitely and for a passing reason. */
const MOST_TRIES = 8;

/** First pause before another try, in milliseconds; it doubles. */
const FIRST_PAUSE_MS = 1_000;

/** How soon after an unknown outcome the carrier is first asked, in milliseconds. */
export const ASK_AFTER_MS = 3_000;

interface Attempt {
  id: string;
  number: number;
  message: MessageRow;
}

/**
 * Hands one accepted message to its carrier, once.
 *
 *   policy again, with the recipient's flag share-locked → attempt row → commit → one call, no transaction open → outcome
 *
 * Whoever finds an attempt without an outcome (this job ran before, and its process died around the call) does not call
 * again: the outcome is unknown until the carrier says otherwise.
 */
export async function dispatchMessage(core: MessagingCore, job: DispatchJob): Promise<void> {
  const attempt = await core.database.withTenant(job.tenantId, (tx) => beginAttempt(core, tx, job.messageId));
  if (attempt === null) return;
  const { message } = attempt;
  const account = await core.directory.account(job.tenantId, message.carrier_account_id);
  const carrier = core.carriers(account.carrier);
  const outcome = await carrier.send(account, {
    from: message.our_address,
    to: message.their_address,
    body: message.body,
    statusCallback: carrier.reportUrl(core.publicUrl, message.id),
  });
  await core.database.withTenant(job.tenantId, (tx) => endAttempt(core, tx, attempt, outcome));
}

async function beginAttempt(core: MessagingCore, tx: TenantTransaction, messageId: string): Promise<Attempt | null> {
  const place = await tx.first<{ thread_id: string }>(
    'select thread_id from messages where tenant_id = $1 and id = $2',
    [tx.tenantId, messageId],
  );
  if (place === null || !(await lockThread(tx, place.thread_id))) return null;
  const message = await lockMessage(tx, messageId);
  if (message === null || (message.status !== 'accepted' && message.status !== 'sending')) return null;
  const before = await tx.query<{ id: string; outcome: string | null }>(
    'select id, outcome from send_attempts where tenant_id = $1 and message_id = $2',
    [tx.tenantId, messageId],
  );
  const live = before.find((attempt) => attempt.outcome !== 'failed');
  if (live !== undefined) {
    if (live.outcome === null) await declareUnknown(core, tx, live.id, message, 'The process ended during the call');
    return null;
  }
  const decision = await decideSend(tx, {
    messageId,
    stage: 'dispatch',
    lane: message.lane,
    our: message.our_address,
    their: message.their_address,
    body: message.body,
  });
  if (decision.outcome !== 'allow') {
    const told = decision.reasons.map(({ rule, outcome, detail }) => ({ rule, outcome, detail }));
    await changeStatus(core, tx, message, {
      status: decision.outcome === 'refuse' ? 'refused' : 'held',
      decision: { outcome: decision.outcome, reasons: told },
      actor: 'policy',
    });
    return null;
  }
  const id = uuidv7();
  await tx.query('insert into send_attempts (tenant_id, id, message_id, process_id) values ($1, $2, $3, $4)', [
    tx.tenantId,
    id,
    messageId,
    core.processId,
  ]);
  await changeStatus(core, tx, message, { status: 'sending', actor: 'system' });
  return { id, number: before.length + 1, message };
}

async function endAttempt(
  core: MessagingCore,
  tx: TenantTransaction,
  attempt: Attempt,
  outcome: SendOutcome,
): Promise<void> {
  await lockThread(tx, attempt.message.thread_id);
  const message = await lockMessage(tx, attempt.message.id);
  if (message === null) throw new Error('A message that is being sent cannot vanish');
  if (outcome.kind === 'unknown') return declareUnknown(core, tx, attempt.id, message, outcome.reason);
  await tx.query(
    `update send_attempts set ended_at = clock_timestamp(), outcome = $3, carrier_message_id = $4, error_code = $5,
       error_message = $6 where tenant_id = $1 and id = $2`,
    outcome.kind === 'taken'
      ? [tx.tenantId, attempt.id, 'taken', outcome.carrierMessageId, null, null]
      : [tx.tenantId, attempt.id, 'failed', null, outcome.error.code, outcome.error.words],
  );
  if (outcome.kind === 'taken') {
    await changeStatus(core, tx, message, {
      status: outcome.status,
      carrierMessageId: outcome.carrierMessageId,
      actor: 'carrier',
    });
    return;
  }
  if (outcome.retry && attempt.number < MOST_TRIES) {
    const pause = FIRST_PAUSE_MS * 2 ** (attempt.number - 1);
    await enqueueJob(
      tx,
      'dispatch_message',
      { tenantId: tx.tenantId, messageId: message.id },
      { runAt: new Date(Date.now() + pause) },
    );
    return;
  }
  await changeStatus(core, tx, message, { status: 'failed', error: outcome.error, actor: 'carrier' });
}

/** Records that nobody knows whether the carrier took the message, and has it asked. */
export async function declareUnknown(
  core: MessagingCore,
  tx: TenantTransaction,
  attemptId: string,
  message: MessageRow,
  reason: string,
): Promise<void> {
  await tx.query(
    `update send_attempts set ended_at = clock_timestamp(), outcome = 'unknown', error_message = $3
     where tenant_id = $1 and id = $2`,
    [tx.tenantId, attemptId, reason],
  );
  await changeStatus(core, tx, message, { status: 'unknown', actor: 'system' });
  await enqueueJob(
    tx,
    'settle_message',
    { tenantId: tx.tenantId, messageId: message.id, asked: 0 },
    { runAt: new Date(Date.now() + ASK_AFTER_MS) },
  );
}
