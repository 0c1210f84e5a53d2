import { credentialContext } from '../carriers/index.ts';
import { appendAudit } from '../platform/audit/append.ts';
import type { Database } from '../platform/database/doors.ts';
import type { Sealer } from '../platform/secrets/seal.ts';

interface SealedRow {
  auth_token_sealed: Buffer;
  previous_auth_token_sealed: Buffer | null;
}

/**
 * Seals every carrier credential with the current key, one account at a time, each in a commit of its own: a process that
 * dies in the middle leaves accounts of both kinds, which the sealer opens alike, and the next run does the rest.
 * @param onDone called after each account.
 * @returns how many accounts were sealed anew. Throws when a credential opens with neither key.
 */
export async function resealCredentials(
  database: Database,
  sealer: Sealer,
  onDone: (done: number, of: number) => void = () => undefined,
): Promise<number> {
  const accounts = await database.withPlatform((tx) =>
    tx.query<{ tenant_id: string; id: string }>('select tenant_id, id from carrier_accounts order by tenant_id, id'),
  );
  let resealed = 0;
  for (const [index, { tenant_id: tenantId, id }] of accounts.entries()) {
    if (await resealAccount(database, sealer, tenantId, id)) resealed++;
    onDone(index + 1, accounts.length);
  }
  return resealed;
}

function resealAccount(database: Database, sealer: Sealer, tenantId: string, id: string): Promise<boolean> {
  const context = credentialContext(tenantId, id);
  const fresh = (sealed: Buffer) =>
    sealer.isCurrent(sealed, context) ? sealed : sealer.seal(sealer.open(sealed, context), context);
  return database.withTenant(tenantId, async (tx) => {
    const row = await tx.first<SealedRow>(
      `select auth_token_sealed, previous_auth_token_sealed from carrier_accounts
       where tenant_id = $1 and id = $2 for update`,
      [tenantId, id],
    );
    if (row === null) return false;
    const token = fresh(row.auth_token_sealed);
    const previous = row.previous_auth_token_sealed && fresh(row.previous_auth_token_sealed);
    if (token === row.auth_token_sealed && previous === row.previous_auth_token_sealed) return false;
    await tx.query(
      `update carrier_accounts set auth_token_sealed = $3, previous_auth_token_sealed = $4
       where tenant_id = $1 and id = $2`,
      [tenantId, id, token, previous],
    );
    await appendAudit(tx, [{ kind: 'carrier_account.resealed', subject: id, actor: 'system', payload: {} }]);
    return true;
  });
}
