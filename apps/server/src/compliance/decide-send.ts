import { bodyFacts, decide, type PolicyDecision, type PolicyFacts } from '@patchline/domain/contact-policy';
import { v7 as uuidv7 } from 'uuid';
import type { TenantTransaction } from '../platform/database/doors.ts';
import { shareFlags } from './dnc.ts';

export interface SendUnderReview {
  messageId: string;
  /** When the question is asked: as the message is accepted, and again as it is handed to the carrier. */
  stage: 'accept' | 'dispatch';
  lane: PolicyFacts['lane'];
  our: string;
  their: string;
  body: string;
  /** How many pictures or files go with it. */
  media: number;
}

/** Asks the contact policy about one message: see decideSends. */
export async function decideSend(tx: TenantTransaction, send: SendUnderReview): Promise<PolicyDecision> {
  const [decision] = await decideSends(tx, [send]);
  if (decision === undefined) throw new Error('One question has one answer');
  return decision;
}

/**
 * Asks the contact policy about messages, each by itself, and stores the decisions with their facts. The recipients' flags
 * stay share-locked until the transaction ends, so that a decision is still true when what it allows is committed.
 * Returns the decisions in the order of the messages.
 */
export async function decideSends(tx: TenantTransaction, sends: readonly SendUnderReview[]): Promise<PolicyDecision[]> {
  const flags = await shareFlags(
    tx,
    'sms',
    sends.map(({ their }) => their),
  );
  const { timeZone, activeOfOurs } = await gatherFacts(tx, sends);
  const decided = sends.map((send) => {
    const active = activeOfOurs[send.our];
    const facts: PolicyFacts = {
      now: Date.now(),
      timeZone,
      lane: send.lane,
      recipient: {
        address: send.their,
        isOurs: Object.hasOwn(activeOfOurs, send.their),
        unreachable: null,
        dncSms: flags.get(send.their) ?? null,
      },
      sender: { address: send.our, status: active === undefined ? 'unknown' : active ? 'active' : 'suspended' },
      body: bodyFacts(send.body, send.media),
    };
    return { send, facts, decision: decide(facts) };
  });
  await tx.query(
    `insert into send_decisions (tenant_id, id, message_id, stage, outcome, reasons, facts, policy_version)
     select $1, * from unnest($2::uuid[], $3::uuid[], $4::text[], $5::text[], $6::jsonb[], $7::jsonb[], $8::text[])`,
    [
      tx.tenantId,
      decided.map(() => uuidv7()),
      decided.map(({ send }) => send.messageId),
      decided.map(({ send }) => send.stage),
      decided.map(({ decision }) => decision.outcome),
      decided.map(({ decision }) => JSON.stringify(decision.reasons)),
      decided.map(({ facts }) => JSON.stringify(facts)),
      decided.map(({ decision }) => decision.policyVersion),
    ],
  );
  return decided.map(({ decision }) => decision);
}

async function gatherFacts(
  tx: TenantTransaction,
  sends: readonly SendUnderReview[],
): Promise<{ timeZone: string; activeOfOurs: Record<string, boolean> }> {
  const row = await tx.first<{ time_zone: string; ours: Record<string, boolean> }>(
    `select t.time_zone,
       (select coalesce(jsonb_object_agg(n.e164, n.active), '{}') from numbers n
        where n.tenant_id = t.tenant_id and n.e164 = any($2)) as ours
     from tenants t where t.tenant_id = $1`,
    [tx.tenantId, [...new Set(sends.flatMap(({ our, their }) => [our, their]))]],
  );
  return { timeZone: row?.time_zone ?? 'UTC', activeOfOurs: row?.ours ?? {} };
}
