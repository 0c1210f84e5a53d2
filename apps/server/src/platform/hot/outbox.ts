import type { TenantTransaction } from '../database/doors.ts';
import type { FeedEntry } from './hot-gateway.ts';
import type { OutboxRow } from './pusher.ts';

/**
 * Writes, in the transaction that changed them, what the hot tier must hear. The rows are for the pusher, after the
 * commit; if this process dies before, another one finds them in the outbox.
 */
export async function writeOutbox(
  tx: TenantTransaction,
  processId: string,
  entries: readonly FeedEntry[],
): Promise<OutboxRow[]> {
  const rows = await tx.query<{ id: number }>(
    `insert into hot_outbox (tenant_id, kind, entity_id, version, row, process_id)
     select $1, kind, entity_id, version, row, $2
     from unnest($3::text[], $4::uuid[], $5::bigint[], $6::jsonb[]) with ordinality as e(kind, entity_id, version, row, place)
     order by place returning id`,
    [
      tx.tenantId,
      processId,
      entries.map((entry) => entry.kind),
      entries.map((entry) => (entry.kind === 'thread' ? entry.row.threadId : entry.row.messageId)),
      entries.map((entry) => entry.version),
      entries.map((entry) => JSON.stringify(entry.row)),
    ],
  ); // Ids are given in the order of the rows that were selected.
  return entries.map((entry, place) => ({ tenantId: tx.tenantId, id: rows[place]?.id ?? 0, entry }));
}
