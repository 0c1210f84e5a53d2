import { type CarrierAccount, credentialContext } from '../carriers/index.ts';
import { ApiError } from '../platform/http/api-error.ts';
import { type Asker, adminOf, ask, audited, type NumbersDeps, openAccount } from './deps.ts';

/** Twilio's auth token or Telnyx's API key; for Telnyx also a public key, when that is new. */
export interface NewCredential {
  authToken: string;
  publicKey?: string | undefined;
}

/**
 * Gives an account a new credential, once the carrier accepts it. It sends from now on. What verifies webhooks (Twilio's token,
 * Telnyx's public key) stays good beside the new one until the rotation is finished, because the carrier goes on signing with it
 * for a while; `rotating` says whether there is such a thing. Telnyx's old API key is forgotten at once.
 */
export async function startRotation(
  deps: NumbersDeps,
  asker: Asker,
  id: string,
  { authToken, publicKey }: NewCredential,
): Promise<{ rotating: boolean }> {
  const account = await openAccount(deps, asker.tenantId, id);
  const signs = account.carrier === 'twilio';
  if (signs && publicKey !== undefined) throw wrongField('publicKey', 'Twilio has no public key.', 'is only Telnyx’s');
  if (account.authTokens.length > 1 || account.webhookKeys.length > 1) throw new ApiError('rotation_running');
  const newKey = publicKey === undefined || publicKey === account.webhookKeys[0] ? null : publicKey;
  if (account.authTokens[0] === authToken && newKey === null) {
    throw wrongField('authToken', 'That is the credential in use. Make a new one at the carrier.', 'is the one in use');
  }
  await sameAccount(deps, account, { ...account, authTokens: [authToken] });
  await deps.database.withTenant(asker.tenantId, async (tx) => {
    const row = await tx.first(
      `update carrier_accounts set auth_token_sealed = $3,
         previous_auth_token_sealed = case when $4 then auth_token_sealed end,
         previous_webhook_public_key = case when $5::text is not null then webhook_public_key end,
         webhook_public_key = coalesce($5, webhook_public_key)
       where tenant_id = $1 and id = $2 and previous_auth_token_sealed is null and previous_webhook_public_key is null
         and disconnected_at is null returning id`,
      [tx.tenantId, id, deps.sealer.seal(authToken, credentialContext(tx.tenantId, id)), signs, newKey],
    );
    if (row === null) throw new ApiError('rotation_running');
    await audited(deps, tx, asker, { kind: 'carrier_account.rotation_started', subject: id, payload: {} });
  });
  return { rotating: signs || newKey !== null };
}

/** Refuses a credential of another account: one of our numbers must be found with it where the account's id differs. */
async function sameAccount(deps: NumbersDeps, account: CarrierAccount, fresh: CarrierAccount): Promise<void> {
  const admin = adminOf(deps, account.carrier);
  const { accountRef } = await ask(admin.checkCredentials(fresh));
  if (accountRef === account.accountRef) return;
  const number = await deps.database.withTenant(account.tenantId, (tx) =>
    tx.first<{ e164: string }>(
      'select e164 from numbers where tenant_id = $1 and carrier_account_id = $2 and active limit 1',
      [account.tenantId, account.id],
    ),
  );
  if (number !== null && (await ask(admin.findNumber(fresh, number.e164))) !== null) return;
  throw new ApiError('carrier_credentials_wrong', { message: 'This is a credential of another account.' });
}

function wrongField(path: string, message: string, words: string): ApiError {
  return new ApiError('invalid_input', { message, details: [{ path, message: words }] });
}

/** Drops the old credential: webhooks that are signed with it are refused from now on, within seconds in every process. */
export async function finishRotation(deps: NumbersDeps, asker: Asker, id: string): Promise<void> {
  await deps.database.withTenant(asker.tenantId, async (tx) => {
    const row = await tx.first<{ rotating: boolean }>(
      `select previous_auth_token_sealed is not null or previous_webhook_public_key is not null as rotating from carrier_accounts
       where tenant_id = $1 and id = $2 and disconnected_at is null for update`,
      [tx.tenantId, id],
    );
    if (row === null) throw new ApiError('not_found');
    if (!row.rotating) throw new ApiError('rotation_not_started');
    await tx.query(
      `update carrier_accounts set previous_auth_token_sealed = null, previous_webhook_public_key = null
       where tenant_id = $1 and id = $2`,
      [tx.tenantId, id],
    );
    await audited(deps, tx, asker, { kind: 'carrier_account.rotation_finished', subject: id, payload: {} });
  });
}
