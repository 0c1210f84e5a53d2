import { credentialContext } from '../carriers/index.ts';
import { ApiError } from '../platform/http/api-error.ts';
import { type Asker, adminOf, ask, audited, type NumbersDeps, openAccount } from './deps.ts';

/**
 * Gives an account a new credential, once the carrier accepts it. It signs and sends from now on; the old one stays good
 * for verifying webhooks until the rotation is finished, because the carrier goes on signing with it for a while.
 */
export async function startRotation(deps: NumbersDeps, asker: Asker, id: string, authToken: string): Promise<void> {
  const account = await openAccount(deps, asker.tenantId, id);
  if (account.authTokens.length > 1) throw new ApiError('rotation_running');
  if (account.authTokens[0] === authToken) {
    throw new ApiError('invalid_input', {
      message: 'That is the credential in use. Make a new one at the carrier.',
      details: [{ path: 'authToken', message: 'is the one in use' }],
    });
  }
  await ask(adminOf(deps, account.carrier).checkCredentials({ ...account, authTokens: [authToken] }));
  await deps.database.withTenant(asker.tenantId, async (tx) => {
    const row = await tx.first(
      `update carrier_accounts set previous_auth_token_sealed = auth_token_sealed, auth_token_sealed = $3
       where tenant_id = $1 and id = $2 and previous_auth_token_sealed is null and disconnected_at is null returning id`,
      [tx.tenantId, id, deps.sealer.seal(authToken, credentialContext(tx.tenantId, id))],
    );
    if (row === null) throw new ApiError('rotation_running');
    await audited(deps, tx, asker, { kind: 'carrier_account.rotation_started', subject: id, payload: {} });
  });
}

/** Drops the old credential: webhooks that are signed with it are refused from now on, within seconds in every process. */
export async function finishRotation(deps: NumbersDeps, asker: Asker, id: string): Promise<void> {
  await deps.database.withTenant(asker.tenantId, async (tx) => {
    const row = await tx.first<{ rotating: boolean }>(
      `select previous_auth_token_sealed is not null as rotating from carrier_accounts
       where tenant_id = $1 and id = $2 and disconnected_at is null for update`,
      [tx.tenantId, id],
    );
    if (row === null) throw new ApiError('not_found');
    if (!row.rotating) throw new ApiError('rotation_not_started');
    await tx.query('update carrier_accounts set previous_auth_token_sealed = null where tenant_id = $1 and id = $2', [
      tx.tenantId,
      id,
    ]);
    await audited(deps, tx, asker, { kind: 'carrier_account.rotation_finished', subject: id, payload: {} });
  });
}
