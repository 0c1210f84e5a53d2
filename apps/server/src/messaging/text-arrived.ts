import type { TenantTransaction } from '../platform/database/doors.ts';

/** Whether a text to this number of the tenant's came in after `since`; null: ever. */
export async function textArrived(tx: TenantTransaction, our: string, since: Date | null): Promise<boolean> {
  const row = await tx.first(
    `select 1 from threads t
     join messages m on m.tenant_id = t.tenant_id and m.thread_id = t.id and m.direction = 'inbound'
     where t.tenant_id = $1 and t.our_address = $2 and t.last_used_at > coalesce($3, '-infinity'::timestamptz)
       and m.at > coalesce($3, '-infinity'::timestamptz) limit 1`,
    [tx.tenantId, our, since],
  );
  return row !== null;
}
