import type { CarrierAccount, CarrierMessage } from '../carriers/index.ts';
import type { TenantTransaction } from '../platform/database/doors.ts';
import { messageEntry, projectMessage } from '../platform/hot/project.ts';
import { enqueueJob } from '../platform/jobs/enqueue.ts';
import { lockMessage } from './change-status.ts';
import { commitEffects } from './commit-effects.ts';
import type { MessagingCore } from './core.ts';
import { OUTCOME_UNKNOWN } from './outcome-unknown.ts';
import { recordStatus } from './record-status.ts';
import { lockThread } from './thread-facts.ts';

export interface SettleJob {
  tenantId: string;
  messageId: string;
  /** How many times the carrier was asked before. */
  asked: number;
}

/** Pauses between questions, in milliseconds; the last one repeats. */
const PAUSES_MS = [5_000, 15_000, 40_000, 120_000];

/** How long after the call began a word of the carrier is waited for, in milliseconds. */
const WAIT_MS = 10 * 60_000;

/** How long a carrier that cannot be asked is tried, in milliseconds after the call began. */
const TRY_TO_ASK_MS = 60 * 60_000;

/** The carrier's clock and ours may differ by this much, in milliseconds. */
const CLOCK_SLACK_MS = 5_000;

interface Candidate {
  id: string;
  our_address: string;
  their_address: string;
  body: string;
  carrier_account_id: string;
  started_at: Date;
}

/**
 * Asks the carrier, where it can list, what became of a message whose outcome is unknown; where it cannot, its webhooks
 * with our id are waited for. Ten minutes after the call without a word a person has to decide: it is never sent again
 * from here.
 */
export async function settleMessage(core: MessagingCore, job: SettleJob): Promise<void> {
  const candidate = await core.database.withTenant(job.tenantId, (tx) => findCandidate(tx, job.messageId));
  if (candidate === null) return;
  const account = await core.directory.account(job.tenantId, candidate.carrier_account_id);
  const answer = await askFor(core, job.tenantId, account, candidate);
  if (typeof answer === 'object') {
    await recordStatus(core, {
      number: { tenantId: job.tenantId, e164: candidate.our_address, account },
      carrierMessageId: answer.carrierMessageId,
      messageId: candidate.id,
      status: answer.status,
      error: answer.error,
    });
    return;
  }
  const now = Date.now();
  const began = candidate.started_at.getTime();
  const waited = now >= began + WAIT_MS;
  if (waited) await core.database.withTenant(job.tenantId, (tx) => giveUp(core, tx, candidate.id));
  if (waited && (answer !== 'not_reached' || now >= began + TRY_TO_ASK_MS)) return;
  const pause = PAUSES_MS[Math.min(job.asked, PAUSES_MS.length - 1)] ?? WAIT_MS;
  const soon = now + pause;
  const runAt = waited ? soon : Math.min(answer === 'not_listed' ? began + WAIT_MS : soon, began + WAIT_MS);
  await core.database.withTenant(job.tenantId, (tx) =>
    enqueueJob(tx, 'settle_message', { ...job, asked: job.asked + 1 }, { runAt: new Date(runAt) }),
  );
}

/** The carrier's record of the message; or that it lists none, has none like it, or could not be asked. */
async function askFor(
  core: MessagingCore,
  tenantId: string,
  account: CarrierAccount,
  candidate: Candidate,
): Promise<CarrierMessage | 'not_listed' | 'not_found' | 'not_reached'> {
  const carrier = core.carriers(account.carrier);
  if (!carrier.capabilities.canList) return 'not_listed';
  let listed: CarrierMessage[];
  try {
    listed = await carrier.list(account, {
      from: candidate.our_address,
      to: candidate.their_address,
      since: new Date(candidate.started_at.getTime() - CLOCK_SLACK_MS),
      limit: 1000,
    });
  } catch (error) {
    core.log.warn({ err: error, messageId: candidate.id }, 'the carrier could not be asked what became of a text');
    return 'not_reached';
  }
  const match = await core.database.withTenant(tenantId, (tx) => findMatch(tx, candidate, listed));
  return match ?? 'not_found';
}

/** Says in words that nobody will tell: from here a person decides whether to send it again. */
async function giveUp(core: MessagingCore, tx: TenantTransaction, messageId: string): Promise<void> {
  const place = await tx.first<{ thread_id: string }>(
    'select thread_id from messages where tenant_id = $1 and id = $2',
    [tx.tenantId, messageId],
  );
  if (place === null || !(await lockThread(tx, place.thread_id))) return;
  const message = await lockMessage(tx, messageId);
  if (message?.status !== 'unknown' || message.error_code === OUTCOME_UNKNOWN.code) return;
  const next = {
    ...message,
    version: message.version + 1,
    error_code: OUTCOME_UNKNOWN.code,
    error_message: OUTCOME_UNKNOWN.words,
  };
  await tx.query(
    `update messages set version = $3, error_code = $4, error_message = $5, updated_at = now()
     where tenant_id = $1 and id = $2`,
    [tx.tenantId, next.id, next.version, next.error_code, next.error_message],
  );
  await commitEffects(core, tx, {
    hot: [messageEntry(projectMessage(tx.tenantId, next))],
    audit: [{ kind: 'message.outcome_unknown', subject: next.id, actor: 'system', payload: {} }],
  });
}

function findCandidate(tx: TenantTransaction, messageId: string): Promise<Candidate | null> {
  return tx.first<Candidate>(
    `select m.id, m.our_address, m.their_address, m.body, m.carrier_account_id, a.started_at
     from messages m join send_attempts a on a.tenant_id = m.tenant_id and a.message_id = m.id and a.outcome = 'unknown'
     where m.tenant_id = $1 and m.id = $2 and m.status = 'unknown' and m.carrier_message_id is null`,
    [tx.tenantId, messageId],
  );
}

/**
 * Texts of the same words to the same person are told apart by order: the oldest unsettled one of ours takes the oldest
 * one of the carrier's that is not yet ours.
 */
async function findMatch(
  tx: TenantTransaction,
  candidate: Candidate,
  listed: readonly CarrierMessage[],
): Promise<CarrierMessage | null> {
  const outbound = listed.filter((message) => message.direction === 'outbound' && message.body === candidate.body);
  if (outbound.length === 0) return null;
  const taken = new Set(
    (
      await tx.query<{ carrier_message_id: string }>(
        `select carrier_message_id from messages
         where tenant_id = $1 and carrier_account_id = $2 and carrier_message_id = any($3)`,
        [tx.tenantId, candidate.carrier_account_id, outbound.map((message) => message.carrierMessageId)],
      )
    ).map((row) => row.carrier_message_id),
  );
  // The newest come first from the carrier.
  const free = outbound.filter((message) => !taken.has(message.carrierMessageId)).reverse();
  const rivals = await tx.query<{ id: string }>(
    `select m.id from messages m join send_attempts a on a.tenant_id = m.tenant_id and a.message_id = m.id
     where m.tenant_id = $1 and m.status = 'unknown' and m.carrier_message_id is null and a.outcome = 'unknown'
       and m.our_address = $2 and m.their_address = $3 and m.body = $4 and a.started_at < $5`,
    [tx.tenantId, candidate.our_address, candidate.their_address, candidate.body, candidate.started_at],
  );
  return free[Math.min(rivals.length, free.length - 1)] ?? null;
}
