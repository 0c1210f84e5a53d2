import { paceLimits, SEND_WITHIN_MS } from '@patchline/domain/sending-rates';
import type { Pacer } from '../pacing/index.ts';
import type { TenantTransaction } from '../platform/database/doors.ts';
import type { MessagingCore } from './core.ts';

export interface QueuedSend {
  messageId: string;
  /** The number of ours it goes out from. */
  our: string;
  /** Not before; null: as soon as its number's pace lets it. */
  dueAt: Date | null;
  /** Not after: then it fails. */
  expiresAt: Date;
}

/** Puts a text into its number's queue: it will be handed to the carrier if, and only if, the transaction commits. */
export async function queueSend(
  core: Pick<MessagingCore, 'sends'>,
  tx: TenantTransaction,
  send: QueuedSend,
): Promise<void> {
  await tx.query(
    `insert into send_queue (tenant_id, message_id, our_address, due_at, expires_at)
     values ($1, $2, $3, coalesce($4, clock_timestamp()), $5) on conflict do nothing`,
    [tx.tenantId, send.messageId, send.our, send.dueAt, send.expiresAt],
  );
  if (send.dueAt === null) tx.afterCommit(() => core.sends.announce(tx.tenantId, send.our));
}

/** Until when a text accepted at `at` may wait, unless somebody said otherwise. */
export function sendUntil(at: Date, lane: keyof typeof SEND_WITHIN_MS): Date {
  return new Date(at.getTime() + SEND_WITHIN_MS[lane]);
}

/** A text whose turn it is. */
export interface DueSend {
  expiresAt: Date;
  /** What its number sends through at the carrier; null: the number alone. */
  service: string | null;
}

interface WaitingRow {
  message_id: string;
  expires_at: Date;
  messaging_service: string | null;
  segments: number;
  sending_class: string | null;
  campaign: string | null;
  carrier: 'twilio' | 'telnyx';
  carrier_account_id: string;
}

export interface TakenSends {
  /** By message id. */
  sends: Map<string, DueSend>;
  /** Whether there may be more that could leave now. */
  more: boolean;
  /** Milliseconds until the pace lets the next one leave; 0 when it is not the pace that holds it. */
  waitMs: number;
}

/**
 * Takes up to `most` texts whose turn it is from a number's queue, as many as the pace lets leave. They are gone from the
 * queue once the transaction commits. One process at a time takes from a number, and leaves there what follows a text of the
 * same thread that another one is handing over: two processes must not let an answer overtake the one before it.
 */
export async function takeSends(
  tx: TenantTransaction,
  pacer: Pacer,
  line: { our: string; most: number; processId: string; emulated: (carrier: 'twilio' | 'telnyx') => boolean },
): Promise<TakenSends> {
  // A statement of its own, so that the next one sees what the process before has begun.
  await tx.query('select pg_advisory_xact_lock(hashtextextended($1, 0))', [`${tx.tenantId} ${line.our}`]);
  const waiting = await tx.query<WaitingRow>(
    `select q.message_id, q.expires_at, m.segments, n.sending_class, n.campaign, n.messaging_service, a.carrier, m.carrier_account_id
     from send_queue q
     join messages m on m.tenant_id = q.tenant_id and m.id = q.message_id
     join carrier_accounts a on a.tenant_id = m.tenant_id and a.id = m.carrier_account_id
     left join numbers n on n.tenant_id = q.tenant_id and n.e164 = q.our_address
     where q.tenant_id = $1 and q.our_address = $2 and q.due_at <= clock_timestamp() and q.expires_at > clock_timestamp()
       and (m.thread_id not in (select threads_in_flight($4)) or exists (
         select 1 from send_attempts s where s.tenant_id = $1 and s.message_id = q.message_id and s.ended_at is null))
     order by q.due_at, q.message_id limit $3 for update of q skip locked`,
    [tx.tenantId, line.our, line.most, line.processId],
  );
  const [first] = waiting;
  if (first === undefined) return { sends: new Map(), more: false, waitMs: 0 };
  const limits = paceLimits({
    e164: line.our,
    carrier: first.carrier,
    carrierAccountId: first.carrier_account_id,
    sendingClass: first.sending_class,
    campaign: first.campaign,
    emulated: line.emulated(first.carrier),
  });
  const turn = await pacer.take(
    tx,
    limits,
    // An empty text counts as one segment; the policy refuses it, but the pace must not hang on that.
    waiting.map(({ segments }) => Math.max(1, segments)),
  );
  const granted = waiting.slice(0, turn.granted);
  if (granted.length > 0) await leaveQueue(tx, [...granted.map(({ message_id }) => message_id)]);
  return {
    sends: new Map(
      granted.map((row) => [row.message_id, { expiresAt: row.expires_at, service: row.messaging_service }]),
    ),
    more: granted.length === waiting.length && waiting.length === line.most,
    waitMs: granted.length < waiting.length ? Math.max(1, turn.waitMs) : 0,
  };
}

/** Takes up to `most` texts that waited too long from the tenant's queue and returns their ids. */
export async function takeExpired(tx: TenantTransaction, most: number): Promise<string[]> {
  const rows = await tx.query<{ message_id: string }>(
    `select message_id from send_queue where tenant_id = $1 and expires_at <= clock_timestamp()
     order by expires_at limit $2 for update skip locked`,
    [tx.tenantId, most],
  );
  const ids = rows.map(({ message_id }) => message_id);
  if (ids.length > 0) await leaveQueue(tx, ids);
  return ids;
}

async function leaveQueue(tx: TenantTransaction, ids: string[]): Promise<void> {
  await tx.query('delete from send_queue where tenant_id = $1 and message_id = any($2)', [tx.tenantId, ids]);
}
