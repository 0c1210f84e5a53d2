import { appendAudit } from '../platform/audit/append.ts';
import type { TenantTransaction } from '../platform/database/doors.ts';
import { ApiError } from '../platform/http/api-error.ts';
import { actorOf, type Principal } from '../platform/http/principal.ts';

/**
 * Takes a contact out of every list and search. Conversations, flags and the ledger stay, and so do its addresses: when the
 * person writes again, the contact is there again. `restoreContact` undoes it.
 */
export async function deleteContact(tx: TenantTransaction, asker: Principal, id: string): Promise<void> {
  await mark(tx, id, `deleted_at = now()`, 'deleted_at is null');
  await appendAudit(tx, [{ kind: 'contact.deleted', subject: id, actor: actorOf(asker), payload: {} }]);
}

/** Brings a deleted contact back. @throws ApiError not_found when there is none */
export async function restoreContact(tx: TenantTransaction, asker: Principal, id: string): Promise<void> {
  await mark(tx, id, 'deleted_at = null', 'deleted_at is not null');
  await appendAudit(tx, [{ kind: 'contact.restored', subject: id, actor: actorOf(asker), payload: {} }]);
}

async function mark(tx: TenantTransaction, id: string, set: string, when: string): Promise<void> {
  const row = await tx.first(
    `update contacts set ${set}, updated_at = now()
     where tenant_id = $1 and id = $2 and merged_into is null and ${when} returning id`,
    [tx.tenantId, id],
  );
  if (row === null) throw new ApiError('not_found');
}
