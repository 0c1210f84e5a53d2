import { credentialContext } from '../carriers/index.ts';
import type { Database, TenantTransaction } from '../platform/database/doors.ts';
import type { Sealer } from '../platform/secrets/seal.ts';

export interface OwnNumber {
  id: string;
  e164: string;
  name: string;
  carrier: 'twilio' | 'telnyx';
  isDefault: boolean;
  /** The team that sees its threads; null: everybody. */
  teamId: string | null;
}

/** The tenant's active numbers, the default one first. */
export function listNumbers(database: Database, tenantId: string): Promise<OwnNumber[]> {
  return database.withTenant(tenantId, async (tx) => {
    const rows = await tx.query<Omit<OwnNumber, 'isDefault'> & { is_default: boolean }>(
      `select n.id, n.e164, n.name, a.carrier, n.team_id as "teamId", n.id is not distinct from t.default_number_id as is_default
       from numbers n
       join carrier_accounts a on a.tenant_id = n.tenant_id and a.id = n.carrier_account_id
       join tenants t on t.tenant_id = n.tenant_id
       where n.tenant_id = $1 and n.active order by is_default desc, n.created_at, n.e164`,
      [tenantId],
    );
    return rows.map(({ is_default: isDefault, ...number }) => ({ ...number, isDefault }));
  });
}

/** Stores a Twilio account with its numbers. Nothing changes for what is there already. */
export async function addTwilioNumbers(
  tx: TenantTransaction,
  sealer: Sealer,
  account: {
    id: string;
    accountSid: string;
    authToken: string;
    numbers: ReadonlyArray<{ id: string; e164: string; name: string }>;
  },
): Promise<void> {
  await tx.query(
    `insert into carrier_accounts (tenant_id, id, carrier, account_ref, auth_token_sealed)
     values ($1, $2, 'twilio', $3, $4) on conflict do nothing`,
    [
      tx.tenantId,
      account.id,
      account.accountSid,
      sealer.seal(account.authToken, credentialContext(tx.tenantId, account.id)),
    ],
  );
  await addNumbers(tx, account.id, account.numbers);
}

/** Stores a Telnyx account with its numbers, as addTwilioNumbers does. `webhookPublicKey`: 32 bytes, base64. */
export async function addTelnyxNumbers(
  tx: TenantTransaction,
  sealer: Sealer,
  account: {
    id: string;
    accountRef: string;
    apiKey: string;
    webhookPublicKey: string;
    numbers: ReadonlyArray<{ id: string; e164: string; name: string }>;
  },
): Promise<void> {
  await tx.query(
    `insert into carrier_accounts (tenant_id, id, carrier, account_ref, auth_token_sealed, webhook_public_key)
     values ($1, $2, 'telnyx', $3, $4, $5) on conflict do nothing`,
    [
      tx.tenantId,
      account.id,
      account.accountRef,
      sealer.seal(account.apiKey, credentialContext(tx.tenantId, account.id)),
      account.webhookPublicKey,
    ],
  );
  await addNumbers(tx, account.id, account.numbers);
}

/** The first of a tenant's numbers is its default. */
async function addNumbers(
  tx: TenantTransaction,
  accountId: string,
  numbers: ReadonlyArray<{ id: string; e164: string; name: string }>,
): Promise<void> {
  for (const { id, e164, name } of numbers) {
    await tx.query(
      `insert into numbers (tenant_id, id, e164, carrier_account_id, name) values ($1, $2, $3, $4, $5)
       on conflict do nothing`,
      [tx.tenantId, id, e164, accountId, name],
    );
  }
  await tx.query('update tenants set default_number_id = coalesce(default_number_id, $2) where tenant_id = $1', [
    tx.tenantId,
    numbers[0]?.id ?? null,
  ]);
}
