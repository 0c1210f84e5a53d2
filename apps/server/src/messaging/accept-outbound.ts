import type { Decision } from '@patchline/contracts/decision';
import type { MessageStatus } from '@patchline/contracts/message-status';
import { v7 as uuidv7 } from 'uuid';
import { decideSend } from '../compliance/index.ts';
import type { Actor } from '../platform/audit/append.ts';
import type { TenantTransaction } from '../platform/database/doors.ts';
import { type SeenTeams, visibleThread } from '../platform/database/visible-threads.ts';
import { ApiError } from '../platform/http/api-error.ts';
import { commitEffects } from './commit-effects.ts';
import type { MessagingCore } from './core.ts';
import { evidenceOf, filesOf, toItem } from './outbound-media.ts';
import { placeMessage } from './place-message.ts';
import { queueSend, sendUntil } from './send-queue.ts';

export interface OutboundText {
  /** E.164. */
  to: string;
  /** E.164 of one of the tenant's numbers, or null for the number last used with this person, else the default. */
  from: string | null;
  body: string;
  /** Ids of stored files that go with it. */
  mediaIds: readonly string[];
  /** null: nobody wrote it by hand, or a program did. */
  author: { id: string; name: string } | null;
  actor: Actor;
  /** The teams whose numbers may be sent from, beside those of no team; left out or null: every team's. */
  teams?: SeenTeams;
  /** Claimed in the hot tier before; null for those who need none. */
  lockToken: number | null;
  /** `automatic` answers nobody's question: the thread stays unread. Left out: a person's. */
  lane?: 'conversation' | 'automatic';
}

export interface OutboundResult {
  id: string;
  status: MessageStatus;
  decision: Decision;
}

/**
 * Accepts a text for sending, or refuses it with the reason; either way it is stored where it was written, with the
 * decision. Accepting and its place in the queue of its number are one commit.
 *
 * @throws ApiError lock_lost when somebody has answered under a higher token, or taken over; invalid_input for `from`
 */
export async function acceptOutbound(
  core: MessagingCore,
  tx: TenantTransaction,
  text: OutboundText,
): Promise<OutboundResult> {
  const sender = await chooseSender(tx, text);
  const files = await filesOf(tx, text.mediaIds, sender.carrier);
  const media = files.map(toItem);
  const { lane = 'conversation' } = text;
  const id = uuidv7();
  const at = new Date();
  // The thread's row first, everywhere: see the lock order in migration 0002.
  await tx.query(
    `select 1 from threads where tenant_id = $1 and channel = 'sms' and our_address = $2 and their_address = $3 for update`,
    [tx.tenantId, sender.e164, text.to],
  );
  const decision = await decideSend(tx, {
    messageId: id,
    stage: 'accept',
    lane,
    our: sender.e164,
    their: text.to,
    body: text.body,
    media: media.length,
  });
  const status: MessageStatus =
    decision.outcome === 'allow' ? 'accepted' : decision.outcome === 'hold' ? 'held' : 'refused';
  const told: Decision = {
    outcome: decision.outcome,
    reasons: decision.reasons.map(({ rule, outcome, detail }) => ({ rule, outcome, detail })),
  };
  const placed = await placeMessage(tx, {
    id,
    direction: 'outbound',
    status,
    our: sender.e164,
    their: text.to,
    body: text.body,
    media,
    lane,
    accountId: sender.accountId,
    carrierMessageId: null,
    author: text.author,
    decision: told,
    lockToken: text.lockToken,
    at,
  });
  if (placed.outcome === 'lock_lost') throw new ApiError('lock_lost');
  if (placed.outcome === 'duplicate') throw new Error('A new outbound message cannot be a duplicate');
  if (status === 'accepted') {
    const expiresAt = sendUntil(at, lane);
    await queueSend(core, tx, { messageId: id, our: sender.e164, dueAt: null, expiresAt });
  }
  await commitEffects(core, tx, {
    audit: [
      {
        kind: `message.${status}`,
        subject: id,
        actor: text.actor,
        payload: {
          threadId: placed.threadId,
          seq: placed.seq,
          from: sender.e164,
          to: text.to,
          body: text.body,
          ...(files.length === 0 ? {} : { media: files.map(evidenceOf) }),
          lockToken: text.lockToken,
          ...(lane === 'automatic' && { lane }),
          decision: told,
          policyVersion: decision.policyVersion,
        },
      },
    ],
    hot: placed.entries,
  });
  return { id, status, decision: told };
}

interface Sender {
  e164: string;
  accountId: string;
  carrier: 'twilio' | 'telnyx';
}

async function chooseSender(tx: TenantTransaction, text: OutboundText): Promise<Sender> {
  const row = await tx.first<{ e164: string; carrier_account_id: string; carrier: 'twilio' | 'telnyx' }>(
    text.from === null
      ? `select n.e164, n.carrier_account_id, a.carrier from numbers n
         join carrier_accounts a on a.tenant_id = n.tenant_id and a.id = n.carrier_account_id
         left join tenants t on t.tenant_id = n.tenant_id and t.default_number_id = n.id
         left join threads h on h.tenant_id = n.tenant_id and h.channel = 'sms' and h.our_address = n.e164 and h.their_address = $2
         where n.tenant_id = $1 and n.active and ${visibleThread('n.e164', '$3')}
         order by h.last_used_at desc nulls last, (t.tenant_id is not null) desc, n.created_at limit 1`
      : `select n.e164, n.carrier_account_id, a.carrier from numbers n
         join carrier_accounts a on a.tenant_id = n.tenant_id and a.id = n.carrier_account_id
         where n.tenant_id = $1 and n.e164 = $2 and ${visibleThread('n.e164', '$3')}`,
    [tx.tenantId, text.from ?? text.to, text.teams ?? null],
  );
  if (row === null) {
    throw new ApiError('invalid_input', {
      message:
        text.from === null ? 'There is no number to send from. Connect one first.' : 'That is not one of your numbers.',
      details: [{ path: 'from', message: 'not one of your numbers' }],
    });
  }
  return { e164: row.e164, accountId: row.carrier_account_id, carrier: row.carrier };
}
