import { appendAudit } from '../platform/audit/append.ts';
import type { OwnChange } from '../platform/auth/routes.ts';
import type { Database } from '../platform/database/doors.ts';
import { actorOf, type PersonPrincipal } from '../platform/http/principal.ts';

/** Writes into the ledger what a person changed about how they sign in. */
export function createOwnChangeRecord(deps: { database: Database; linker: { signal(tenantId: string): void } }) {
  return (person: PersonPrincipal, kind: OwnChange): Promise<void> =>
    deps.database.withTenant(person.tenantId, async (tx) => {
      await appendAudit(tx, [{ kind, subject: person.userId, actor: actorOf(person), payload: {} }]);
      tx.afterCommit(() => deps.linker.signal(tx.tenantId));
    });
}
