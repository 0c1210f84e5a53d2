import { appendAudit } from '../platform/audit/append.ts';
import type { TenantTransaction } from '../platform/database/doors.ts';
import { actorOf, type Principal } from '../platform/http/principal.ts';
import type { ContactDeps } from './change-contact.ts';

/** Says in the ledger that an address came or went. */
export async function appendAddressAudit(
  tx: TenantTransaction,
  { linker }: Pick<ContactDeps, 'linker'>,
  asker: Principal,
  { contactId, ...what }: { contactId: string; added?: string; removed?: string },
): Promise<void> {
  const kind = what.added === undefined ? 'contact.address_removed' : 'contact.address_added';
  await appendAudit(tx, [{ kind, subject: contactId, actor: actorOf(asker), payload: what }]);
  tx.afterCommit(() => linker.signal(tx.tenantId));
}
