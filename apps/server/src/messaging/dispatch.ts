import { EXPIRED } from '@patchline/domain/sending-rates';
import { v7 as uuidv7 } from 'uuid';
import type { SendOutcome } from '../carriers/index.ts';
import { decideSends } from '../compliance/index.ts';
import type { TenantTransaction } from '../platform/database/doors.ts';
import { enqueueJob } from '../platform/jobs/enqueue.ts';
import { changeStatus, changeStatuses, type MessageRow, type StatusChange } from './change-status.ts';
import type { MessagingCore } from './core.ts';
import { type DueSend, queueSend } from './send-queue.ts';

/** Tries at a message whose attempts failed definitely and for a passing reason. */
const MOST_TRIES = 8;

/** First pause before another try, in milliseconds; it doubles. */
const FIRST_PAUSE_MS = 1_000;

/** How soon after an unknown outcome the carrier is first asked, in milliseconds. */
export const ASK_AFTER_MS = 3_000;

/** One call of a carrier that is about to be made. */
export interface Attempt {
  id: string;
  /** 1 for the first of its message. */
  number: number;
  message: MessageRow;
  expiresAt: Date;
  service: string | null;
}

interface LockedSend extends MessageRow {
  attempts: number;
  /** The attempt that was, or may have been, taken by the carrier, with its outcome; null when there is none. */
  live_attempt_id: string | null;
  live_outcome: string | null;
}

/** Threads, conversations and messages, locked in this order. */
function lockSends(tx: TenantTransaction, ids: readonly string[]): Promise<LockedSend[]> {
  return tx.query<LockedSend>('select * from lock_sends($1)', [ids]);
}

/**
 * Begins the attempts of texts that were taken from the queue in this transaction:
 *
 *   policy again, with the recipients' flags share-locked → attempt rows → commit → one call each, no transaction open
 *
 * Returns the attempts that may be called once it has committed. Whoever finds an attempt without an outcome (a process died
 * around its call) does not call again: the outcome is unknown until the carrier says otherwise.
 */
export async function beginAttempts(
  core: MessagingCore,
  tx: TenantTransaction,
  sends: ReadonlyMap<string, DueSend>,
): Promise<Attempt[]> {
  if (sends.size === 0) return [];
  const locked = await lockSends(tx, [...sends.keys()]);
  const waiting: LockedSend[] = [];
  for (const message of locked) {
    if (message.status !== 'accepted' && message.status !== 'sending') continue;
    if (message.live_attempt_id === null) waiting.push(message);
    else if (message.live_outcome === null) {
      await declareUnknown(core, tx, message.live_attempt_id, message, 'The process ended during the call');
    }
  }
  if (waiting.length === 0) return [];
  const decisions = await decideSends(
    tx,
    waiting.map((message) => ({
      messageId: message.id,
      stage: 'dispatch',
      lane: message.lane,
      our: message.our_address,
      their: message.their_address,
      body: message.body,
      media: message.media.length,
    })),
  );
  const attempts: Attempt[] = [];
  const changes = waiting.map((message, i): StatusChange => {
    const decision = decisions[i];
    if (decision?.outcome === 'allow') {
      const { expiresAt, service } = sends.get(message.id) ?? { expiresAt: message.at, service: null };
      attempts.push({ id: uuidv7(), number: message.attempts + 1, message, expiresAt, service });
      return { message, news: { status: 'sending', actor: 'system' } };
    }
    const told = decision?.reasons.map(({ rule, outcome, detail }) => ({ rule, outcome, detail })) ?? [];
    const outcome = decision?.outcome ?? 'hold';
    const status = outcome === 'refuse' ? 'refused' : 'held';
    return { message, news: { status, decision: { outcome, reasons: told }, actor: 'policy' } };
  });
  if (attempts.length > 0) {
    await tx.query(
      `insert into send_attempts (tenant_id, id, message_id, process_id)
       select $1, id, message_id, $2 from unnest($3::uuid[], $4::uuid[]) a(id, message_id)`,
      [tx.tenantId, core.processId, attempts.map(({ id }) => id), attempts.map(({ message }) => message.id)],
    );
  }
  await changeStatuses(core, tx, changes);
  return attempts;
}

/** What came of one call. */
export interface EndedAttempt {
  attempt: Attempt;
  outcome: SendOutcome;
}

/** Records what came of calls, and what follows: another try later, a failure in words, or asking the carrier. */
export async function endAttempts(
  core: MessagingCore,
  tx: TenantTransaction,
  ended: readonly EndedAttempt[],
): Promise<void> {
  const locked = new Map(
    (
      await lockSends(
        tx,
        ended.map(({ attempt }) => attempt.message.id),
      )
    ).map((message) => [message.id, message]),
  );
  const rows: Array<
    [id: string, outcome: string, carrierId: string | null, code: string | null, words: string | null]
  > = [];
  const changes: StatusChange[] = [];
  for (const { attempt, outcome } of ended) {
    const message = locked.get(attempt.message.id);
    if (message === undefined) throw new Error('A message that is being sent cannot vanish');
    if (outcome.kind === 'unknown') {
      await declareUnknown(core, tx, attempt.id, message, outcome.reason);
    } else if (outcome.kind === 'taken') {
      const { carrierMessageId, status } = outcome;
      rows.push([attempt.id, 'taken', carrierMessageId, null, null]);
      changes.push({ message, news: { status, carrierMessageId, actor: 'carrier' } });
    } else {
      rows.push([attempt.id, 'failed', null, outcome.error.code, outcome.error.words]);
      if (outcome.retry && attempt.number < MOST_TRIES) await queueAgain(core, tx, attempt);
      else changes.push({ message, news: { status: 'failed', error: outcome.error, actor: 'carrier' } });
    }
  }
  if (rows.length > 0) {
    await tx.query(
      `update send_attempts a set ended_at = clock_timestamp(), outcome = e.outcome,
         carrier_message_id = e.carrier_message_id, error_code = e.error_code, error_message = e.error_message
       from unnest($2::uuid[], $3::text[], $4::text[], $5::text[], $6::text[])
         e(id, outcome, carrier_message_id, error_code, error_message)
       where a.tenant_id = $1 and a.id = e.id`,
      [tx.tenantId, ...([0, 1, 2, 3, 4] as const).map((column) => rows.map((row) => row[column]))],
    );
  }
  await changeStatuses(core, tx, changes);
}

function queueAgain(core: MessagingCore, tx: TenantTransaction, attempt: Attempt): Promise<void> {
  const pause = FIRST_PAUSE_MS * 2 ** (attempt.number - 1);
  return queueSend(core, tx, {
    messageId: attempt.message.id,
    our: attempt.message.our_address,
    dueAt: new Date(Date.now() + pause),
    expiresAt: attempt.expiresAt,
  });
}

/** Fails texts that waited too long and were taken from the queue in this transaction. */
export async function failExpired(core: MessagingCore, tx: TenantTransaction, ids: readonly string[]): Promise<void> {
  const locked = await lockSends(tx, ids);
  await changeStatuses(
    core,
    tx,
    locked
      // One that is, or may be, with the carrier has not expired: its outcome comes from there.
      .filter(({ live_attempt_id }) => live_attempt_id === null)
      .map((message) => ({ message, news: { status: 'failed', error: EXPIRED, actor: 'system' } })),
  );
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
