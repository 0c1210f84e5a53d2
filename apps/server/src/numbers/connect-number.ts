import { v7 as uuidv7 } from 'uuid';
import { type CarrierNumber, CarrierRefusal } from '../carriers/index.ts';
import type { TenantTransaction } from '../platform/database/doors.ts';
import { ApiError } from '../platform/http/api-error.ts';
import { type CheckStep, checkWebhook, problemOf } from './check-webhook.ts';
import { type Asker, adminOf, ask, audited, type NumbersDeps, openAccount } from './deps.ts';

export interface AvailableNumber extends Pick<CarrierNumber, 'e164' | 'name' | 'capabilities'> {
  /** `taken`: another team here has it. Whose it is is not told. */
  state: 'free' | 'ours' | 'taken';
}

/** The numbers of a connected account, with what is connected already. */
export async function availableNumbers(deps: NumbersDeps, tenantId: string, id: string): Promise<AvailableNumber[]> {
  const account = await openAccount(deps, tenantId, id);
  const numbers = await ask(adminOf(deps, account.carrier).listNumbers(account));
  const connected = await deps.database.withPlatform((tx) =>
    tx.query<{ e164: string; tenant_id: string }>(
      'select e164, tenant_id from numbers where active and e164 = any($1)',
      [numbers.map(({ e164 }) => e164)],
    ),
  );
  const tenantOf = new Map(connected.map((row) => [row.e164, row.tenant_id]));
  return numbers.map(({ e164, name, capabilities }) => {
    const owner = tenantOf.get(e164);
    return { e164, name, capabilities, state: owner === undefined ? 'free' : owner === tenantId ? 'ours' : 'taken' };
  });
}

/**
 * Connects a number that the account really has: stores it, sets the address for its texts at the carrier, and looks
 * whether they can arrive. When the carrier does not take the address, the number is not connected; when only the way
 * to us is in doubt, it is, and the steps say what to do.
 */
export async function connectNumber(
  deps: NumbersDeps,
  asker: Asker,
  accountId: string,
  wish: { e164: string; name: string },
): Promise<{ id: string; steps: CheckStep[] }> {
  const account = await openAccount(deps, asker.tenantId, accountId);
  const admin = adminOf(deps, account.carrier);
  const found = await ask(admin.findNumber(account, wish.e164));
  if (found === null) throw new ApiError('number_not_yours');
  if (!found.capabilities.sms) throw new ApiError('number_cannot_text');

  // Stored before the carrier is told: a text that comes at once must find the number here.
  const { id, fresh } = await deps.database.withTenant(asker.tenantId, async (tx) => {
    const stored = await refusingTaken(store(tx, accountId, found, wish));
    await audited(deps, tx, asker, {
      kind: 'number.connected',
      subject: stored.id,
      payload: { e164: wish.e164, name: wish.name, account: accountId },
    });
    return stored;
  });
  try {
    await admin.setWebhook(account, found.carrierRef, admin.webhookUrl(deps.publicUrl));
  } catch (error) {
    if (!(error instanceof CarrierRefusal)) throw error;
    if (fresh) await takeBack(deps, asker, id);
    throw new ApiError(error.kind === 'unreachable' ? 'carrier_unreachable' : 'webhook_not_set', {
      message: `The address for incoming texts could not be set, so the number was not connected. ${error.message}`,
    });
  }
  const steps = await checkWebhook(deps, admin, account, wish.e164);
  await keepCheck(deps, asker.tenantId, id, steps);
  return { id, steps };
}

/** Looks again whether texts to a connected number can arrive. */
export async function checkNumber(deps: NumbersDeps, tenantId: string, id: string): Promise<CheckStep[]> {
  const row = await deps.database.withTenant(tenantId, (tx) =>
    tx.first<{ e164: string; carrier_account_id: string }>(
      'select e164, carrier_account_id from numbers where tenant_id = $1 and id = $2 and active',
      [tenantId, id],
    ),
  );
  if (row === null) throw new ApiError('not_found');
  const account = await openAccount(deps, tenantId, row.carrier_account_id);
  const steps = await checkWebhook(deps, adminOf(deps, account.carrier), account, row.e164);
  await keepCheck(deps, tenantId, id, steps);
  return steps;
}

/** Stores a number as active. One that this tenant had before is the same number again, with its conversations. */
async function store(
  tx: TenantTransaction,
  accountId: string,
  found: CarrierNumber,
  wish: { e164: string; name: string },
): Promise<{ id: string; fresh: boolean }> {
  const before = await tx.first<{ active: boolean }>(
    'select active from numbers where tenant_id = $1 and e164 = $2 for update',
    [tx.tenantId, wish.e164],
  );
  const row = await tx.first<{ id: string }>(
    `insert into numbers (tenant_id, id, e164, carrier_account_id, carrier_ref, name) values ($1, $2, $3, $4, $5, $6)
     on conflict (tenant_id, e164) do update
       set active = true, carrier_account_id = excluded.carrier_account_id, carrier_ref = excluded.carrier_ref,
         name = excluded.name
     returning id`,
    [tx.tenantId, uuidv7(), wish.e164, accountId, found.carrierRef, wish.name],
  );
  if (row === null) throw new Error('A number was neither stored nor there');
  await tx.query('update tenants set default_number_id = $2 where tenant_id = $1 and default_number_id is null', [
    tx.tenantId,
    row.id,
  ]);
  return { id: row.id, fresh: before?.active !== true };
}

/** A number is active for one tenant at a time; the index that holds it to that speaks first when two are quick. */
export async function refusingTaken<T>(write: Promise<T>): Promise<T> {
  try {
    return await write;
  } catch (error) {
    const { code, constraint } = error as { code?: string; constraint?: string };
    if (code === '23505' && constraint === 'numbers_by_e164') throw new ApiError('number_taken');
    throw error;
  }
}

/** Makes a number inactive; the tenant's default moves to the oldest that is left. */
export async function deactivate(tx: TenantTransaction, id: string): Promise<void> {
  await tx.query('update numbers set active = false where tenant_id = $1 and id = $2', [tx.tenantId, id]);
  await tx.query(
    `update tenants set default_number_id = (
       select id from numbers where tenant_id = $1 and active order by created_at, e164 limit 1)
     where tenant_id = $1 and default_number_id = $2`,
    [tx.tenantId, id],
  );
}

async function takeBack(deps: NumbersDeps, asker: Asker, id: string): Promise<void> {
  await deps.database.withTenant(asker.tenantId, async (tx) => {
    await deactivate(tx, id);
    await audited(deps, tx, asker, { kind: 'number.not_connected', subject: id, payload: {} });
  });
}

async function keepCheck(deps: NumbersDeps, tenantId: string, id: string, steps: CheckStep[]): Promise<void> {
  await deps.database.withTenant(tenantId, (tx) =>
    tx.query('update numbers set webhook_checked_at = now(), webhook_problem = $3 where tenant_id = $1 and id = $2', [
      tenantId,
      id,
      problemOf(steps),
    ]),
  );
}
