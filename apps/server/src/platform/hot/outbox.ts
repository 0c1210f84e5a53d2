import type { TenantTransaction } from '../database/doors.ts';
import type { FeedEntry } from './hot-gateway.ts';

/** Writes, in the transaction that changed them, what the hot tier must hear; the pusher takes it from there. */
export async function writeOutbox(
  tx: TenantTransaction,
  processId: string,
  entries: readonly FeedEntry[],
): Promise<void> {
  await tx.query(
    `insert into hot_outbox (tenant_id, kind, entity_id, version, row, process_id)
     select $1, kind, entity_id, version, row, $2
     from unnest($3::text[], $4::uuid[], $5::bigint[], $6::jsonb[]) as e(kind, entity_id, version, row)`,
    [
      tx.tenantId,
      processId,
      entries.map((entry) => entry.kind),
      entries.map((entry) => (entry.kind === 'thread' ? entry.row.threadId : entry.row.messageId)),
      entries.map((entry) => entry.version),
      entries.map((entry) => JSON.stringify(entry.row)),
    ],
  );
}
