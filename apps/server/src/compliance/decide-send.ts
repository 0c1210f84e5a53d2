import { bodyFacts, decide, type PolicyDecision, type PolicyFacts } from '@patchline/domain/contact-policy';
import { v7 as uuidv7 } from 'uuid';
import type { TenantTransaction } from '../platform/database/doors.ts';
import { shareFlag } from './dnc.ts';

export interface SendUnderReview {
  messageId: string;
  /** When the question is asked: as the message is accepted, and again as it is handed to the carrier. */
  stage: 'accept' | 'dispatch';
  lane: PolicyFacts['lane'];
  our: string;
  their: string;
  body: string;
}

/**
 * Asks the contact policy about one message and stores the decision with its facts. The recipient's flag stays
 * share-locked until the transaction ends, so that the decision is still true when what it allows is committed.
 */
export async function decideSend(tx: TenantTransaction, send: SendUnderReview): Promise<PolicyDecision> {
  const flag = await shareFlag(tx, 'sms', send.their);
  const facts = await gatherFacts(tx, send, flag);
  const decision = decide(facts);
  await tx.query(
    `insert into send_decisions (tenant_id, id, message_id, stage, outcome, reasons, facts, policy_version)
     values ($1, $2, $3, $4, $5, $6, $7, $8)`,
    [
      tx.tenantId,
      uuidv7(),
      send.messageId,
      send.stage,
      decision.outcome,
      JSON.stringify(decision.reasons),
      JSON.stringify(facts),
      decision.policyVersion,
    ],
  );
  return decision;
}

async function gatherFacts(
  tx: TenantTransaction,
  send: SendUnderReview,
  flag: PolicyFacts['recipient']['dncSms'],
): Promise<PolicyFacts> {
  const row = await tx.first<{ time_zone: string; sender_active: boolean | null; recipient_ours: boolean }>(
    `select t.time_zone,
       (select n.active from numbers n where n.tenant_id = t.tenant_id and n.e164 = $2) as sender_active,
       exists (select 1 from numbers n where n.tenant_id = t.tenant_id and n.e164 = $3) as recipient_ours
     from tenants t where t.tenant_id = $1`,
    [tx.tenantId, send.our, send.their],
  );
  const active = row?.sender_active ?? null;
  return {
    now: Date.now(),
    timeZone: row?.time_zone ?? 'UTC',
    lane: send.lane,
    recipient: { address: send.their, isOurs: row?.recipient_ours ?? false, unreachable: null, dncSms: flag },
    sender: { address: send.our, status: active === null ? 'unknown' : active ? 'active' : 'suspended' },
    body: bodyFacts(send.body),
  };
}
