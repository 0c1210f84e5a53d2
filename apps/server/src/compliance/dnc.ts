import type { FlagFacts, FlagSource } from '@patchline/domain/contact-policy';
import { v7 as uuidv7 } from 'uuid';
import { appendAudit } from '../platform/audit/append.ts';
import type { TenantTransaction } from '../platform/database/doors.ts';

interface FlagRow {
  address: string;
  is_set: boolean;
  source: FlagSource | null;
  reason: string | null;
  changed_at: Date | null;
}

/**
 * Reads recipients' flags and share-locks their rows until the transaction ends: a STOP that comes in meanwhile waits for
 * this transaction, and this one waits for a STOP that is being stored. Rows that are missing are made, because an absent
 * row cannot be locked. Returns the flags by address; null where there never was one.
 */
export async function shareFlags(
  tx: TenantTransaction,
  channel: 'sms' | 'voice',
  addresses: readonly string[],
): Promise<Map<string, FlagFacts | null>> {
  const rows = await tx.query<FlagRow>('select * from share_flags($1, $2)', [channel, addresses]);
  return new Map(rows.map((row) => [row.address, toFacts(row)]));
}

function toFacts(row: FlagRow): FlagFacts | null {
  if (row.source === null || row.changed_at === null) return null;
  return { set: row.is_set, source: row.source, at: row.changed_at.getTime(), reason: row.reason };
}

export interface FlagChange {
  channel: 'sms' | 'voice';
  address: string;
  set: boolean;
  source: FlagSource;
  /** What was said or typed. */
  reason: string;
  actor: string;
  /** When the request reached us. */
  receivedAt: Date;
  messageId: string | null;
}

/**
 * Sets or clears a flag, with its event and its line in the ledger. Waits for sends to this person whose attempt is
 * just being committed. Returns false when the flag stood so already; the request is kept as an event all the same.
 */
export async function changeFlag(tx: TenantTransaction, change: FlagChange): Promise<boolean> {
  const before = await tx.first<{ is_set: boolean }>(
    'select is_set from dnc_flags where tenant_id = $1 and channel = $2 and address = $3 for update',
    [tx.tenantId, change.channel, change.address],
  );
  await tx.query(
    `insert into dnc_flags (tenant_id, channel, address, is_set, source, reason, actor, received_at, changed_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $8)
     on conflict (tenant_id, channel, address) do update set
       is_set = excluded.is_set, source = excluded.source, reason = excluded.reason, actor = excluded.actor,
       received_at = excluded.received_at, changed_at = excluded.changed_at
     where dnc_flags.is_set <> excluded.is_set or dnc_flags.source is null`,
    [
      tx.tenantId,
      change.channel,
      change.address,
      change.set,
      change.source,
      change.reason,
      change.actor,
      change.receivedAt,
    ],
  );
  await tx.query(
    `insert into dnc_events (tenant_id, id, channel, address, is_set, source, reason, actor, message_id, at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
    [
      tx.tenantId,
      uuidv7(),
      change.channel,
      change.address,
      change.set,
      change.source,
      change.reason,
      change.actor,
      change.messageId,
      change.receivedAt,
    ],
  );
  await appendAudit(tx, [
    {
      kind: change.set ? 'dnc.set' : 'dnc.cleared',
      subject: change.address,
      actor: change.actor,
      payload: {
        channel: change.channel,
        source: change.source,
        reason: change.reason,
        messageId: change.messageId,
        receivedAt: change.receivedAt.toISOString(),
      },
    },
  ]);
  return (before?.is_set ?? false) !== change.set;
}
