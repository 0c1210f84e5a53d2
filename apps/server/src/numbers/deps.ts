import {
  type CarrierAccount,
  CarrierRefusal,
  credentialContext,
  type NumberAdmin,
  type NumberAdmins,
} from '../carriers/index.ts';
import { type Actor, type AuditEntry, appendAudit } from '../platform/audit/append.ts';
import type { Database, TenantTransaction } from '../platform/database/doors.ts';
import { ApiError } from '../platform/http/api-error.ts';
import type { Sealer } from '../platform/secrets/seal.ts';

export interface NumbersDeps {
  database: Database;
  sealer: Sealer;
  numberAdmins: NumberAdmins;
  linker: { signal(tenantId: string): void };
  /** Where carriers reach us; no trailing slash. */
  publicUrl: string;
}

/** Who changes something: a tenant, and the actor's name for the ledger. */
export interface Asker {
  tenantId: string;
  actor: Actor;
}

interface AccountRow {
  id: string;
  carrier: CarrierAccount['carrier'];
  account_ref: string;
  auth_token_sealed: Buffer;
  previous_auth_token_sealed: Buffer | null;
  webhook_public_key: string | null;
  previous_webhook_public_key: string | null;
}

/** A connected account with its credentials open. @throws ApiError not_found */
export function openAccount(deps: NumbersDeps, tenantId: string, id: string): Promise<CarrierAccount> {
  return deps.database.withTenant(tenantId, async (tx) => {
    const row = await tx.first<AccountRow>(
      `select id, carrier, account_ref, auth_token_sealed, previous_auth_token_sealed, webhook_public_key,
         previous_webhook_public_key
       from carrier_accounts
       where tenant_id = $1 and id = $2 and disconnected_at is null`,
      [tenantId, id],
    );
    if (row === null) throw new ApiError('not_found');
    const sealed = [row.auth_token_sealed, row.previous_auth_token_sealed].filter((value) => value !== null);
    return {
      tenantId,
      id,
      carrier: row.carrier,
      accountRef: row.account_ref,
      authTokens: sealed.map((value) => deps.sealer.open(value, credentialContext(tenantId, id))),
      webhookKeys: [row.webhook_public_key, row.previous_webhook_public_key].filter((key) => key !== null),
    };
  });
}

/** The administration of that carrier's numbers. */
export function adminOf(deps: NumbersDeps, carrier: CarrierAccount['carrier']): NumberAdmin {
  return deps.numberAdmins(carrier);
}

/** Asks the carrier; its refusals become ours. */
export async function ask<T>(request: Promise<T>): Promise<T> {
  try {
    return await request;
  } catch (error) {
    if (!(error instanceof CarrierRefusal)) throw error;
    if (error.kind === 'unreachable') throw new ApiError('carrier_unreachable');
    throw new ApiError('carrier_credentials_wrong', { message: error.message });
  }
}

/** Every change is a line of the ledger, in the same commit. */
export async function audited(
  deps: NumbersDeps,
  tx: TenantTransaction,
  asker: Asker,
  entry: Omit<AuditEntry, 'actor'>,
): Promise<void> {
  await appendAudit(tx, [{ ...entry, actor: asker.actor }]);
  tx.afterCommit(() => deps.linker.signal(tx.tenantId));
}
