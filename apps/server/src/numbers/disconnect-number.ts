import { CarrierRefusal } from '../carriers/index.ts';
import { ApiError } from '../platform/http/api-error.ts';
import { deactivate } from './connect-number.ts';
import { type Asker, adminOf, audited, type NumbersDeps, openAccount } from './deps.ts';

/**
 * Disconnects a number: nothing is sent from it any more, its conversations stay. Its address at the carrier is cleared
 * when it still leads here; `webhookCleared` says whether it leads here no more.
 */
export async function disconnectNumber(
  deps: NumbersDeps,
  asker: Asker,
  id: string,
): Promise<{ webhookCleared: boolean }> {
  const number = await deps.database.withTenant(asker.tenantId, async (tx) => {
    const row = await tx.first<{ e164: string; carrier_account_id: string }>(
      'select e164, carrier_account_id from numbers where tenant_id = $1 and id = $2 and active for update',
      [tx.tenantId, id],
    );
    if (row === null) throw new ApiError('not_found');
    await deactivate(tx, id);
    // Shown when somebody switches it on again without setting it up.
    await tx.query(
      'update numbers set webhook_checked_at = now(), webhook_problem = $3 where tenant_id = $1 and id = $2',
      [tx.tenantId, id, 'It was disconnected, so its texts no longer come here. Set it up again.'],
    );
    await audited(deps, tx, asker, { kind: 'number.disconnected', subject: id, payload: { e164: row.e164 } });
    return row;
  });
  try {
    const account = await openAccount(deps, asker.tenantId, number.carrier_account_id);
    const admin = adminOf(deps, account.carrier);
    const found = await admin.findNumber(account, number.e164);
    if (found?.webhookUrl === admin.webhookUrl(deps.publicUrl)) await admin.setWebhook(account, found.carrierRef, null);
    return { webhookCleared: true };
  } catch (error) {
    // Disconnecting must work when the carrier does not, or the credentials are gone.
    if (error instanceof CarrierRefusal || error instanceof ApiError) return { webhookCleared: false };
    throw error;
  }
}
