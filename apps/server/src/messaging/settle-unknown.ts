import type { CarrierMessage } from '../carriers/index.ts';
import type { TenantTransaction } from '../platform/database/doors.ts';
import { enqueueJob } from '../platform/jobs/enqueue.ts';
import type { MessagingCore } from './core.ts';
import { recordStatus } from './record-status.ts';

export interface SettleJob {
  tenantId: string;
  messageId: string;
  /** How many times the carrier was asked before. */
  asked: number;
}

/** Pauses between questions, in milliseconds: ten minutes in all. */
const PAUSES_MS = [5_000, 15_000, 40_000, 120_000, 420_000];

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
 * Asks the carrier what became of a message whose outcome is unknown. Texts of the same words to the same person are
 * told apart by order: the oldest unsettled one of ours takes the oldest one of the carrier's that is not yet ours. It is
 * never sent again from here; a person decides that.
 */
export async function settleMessage(core: MessagingCore, job: SettleJob): Promise<void> {
  const candidate = await core.database.withTenant(job.tenantId, (tx) => findCandidate(tx, job.messageId));
  if (candidate === null) return;
  const account = await core.directory.account(job.tenantId, candidate.carrier_account_id);
  const carrier = core.carriers(account.carrier);
  if (!carrier.capabilities.canList) return;
  const listed = await carrier.list(account, {
    from: candidate.our_address,
    to: candidate.their_address,
    since: new Date(candidate.started_at.getTime() - CLOCK_SLACK_MS),
    limit: 1000,
  });
  const match = await core.database.withTenant(job.tenantId, (tx) => findMatch(tx, candidate, listed));
  if (match !== null) {
    await recordStatus(core, {
      number: { tenantId: job.tenantId, e164: candidate.our_address, account },
      carrierMessageId: match.carrierMessageId,
      messageId: candidate.id,
      status: match.status,
      error: match.error,
    });
    return;
  }
  const pause = PAUSES_MS[job.asked];
  if (pause === undefined) return;
  await core.database.withTenant(job.tenantId, (tx) =>
    enqueueJob(tx, 'settle_message', { ...job, asked: job.asked + 1 }, { runAt: new Date(Date.now() + pause) }),
  );
}

function findCandidate(tx: TenantTransaction, messageId: string): Promise<Candidate | null> {
  return tx.first<Candidate>(
    `select m.id, m.our_address, m.their_address, m.body, m.carrier_account_id, a.started_at
     from messages m join send_attempts a on a.tenant_id = m.tenant_id and a.message_id = m.id and a.outcome = 'unknown'
     where m.tenant_id = $1 and m.id = $2 and m.status = 'unknown' and m.carrier_message_id is null`,
    [tx.tenantId, messageId],
  );
}

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
