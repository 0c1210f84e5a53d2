import { generateKeyPairSync, randomBytes } from 'node:crypto';
import type { BusinessHours } from '@patchline/domain/business-hours';
import type { SendingClass } from '@patchline/domain/sending-rates';
import { v7 as uuidv7 } from 'uuid';
import { type CarrierAccount, credentialContext } from '../carriers/index.ts';
import { ApiError } from '../platform/http/api-error.ts';
import { type Asker, adminOf, ask, audited, type NumbersDeps, openAccount } from './deps.ts';
import { disconnectNumber } from './disconnect-number.ts';

export interface ConnectedAccount {
  id: string;
  carrier: CarrierAccount['carrier'];
  accountRef: string;
  /** How the carrier calls it, or null for one that was stored without asking. */
  name: string | null;
  /** Two credentials are good for verification until the rotation is finished. */
  rotating: boolean;
  createdAt: Date;
  numbers: ConnectedNumber[];
}

export interface ConnectedNumber {
  id: string;
  e164: string;
  name: string;
  isDefault: boolean;
  active: boolean;
  carrierAutoReply: boolean;
  /** What it sends through at the carrier; null: the number alone. */
  messagingService: string | null;
  /** How fast the carrier lets it send; null: by the look of the number. */
  sendingClass: SendingClass | null;
  /** The campaign whose rate it shares. */
  campaign: string | null;
  /** When it is attended; null: always. */
  businessHours: BusinessHours | null;
  closedReply: string | null;
  /** The team that alone sees its threads; null: everybody does. */
  teamId: string | null;
  /** When texts to it were last seen to be able to arrive, or what was wrong. Never checked: null. */
  webhook: { checkedAt: Date; problem: string | null } | null;
}

/** The tenant's accounts with their numbers, oldest first. Credentials are not among what is read. */
export function listAccounts({ database }: NumbersDeps, tenantId: string): Promise<ConnectedAccount[]> {
  return database.withTenant(tenantId, async (tx) => {
    const accounts = await tx.query<Omit<ConnectedAccount, 'numbers'>>(
      `select id, carrier, account_ref as "accountRef", name, created_at as "createdAt",
         previous_auth_token_sealed is not null or previous_webhook_public_key is not null as rotating
       from carrier_accounts where tenant_id = $1 and disconnected_at is null order by created_at, id`,
      [tenantId],
    );
    const numbers = await tx.query<NumberRow>(
      `select n.id, n.carrier_account_id, n.e164, n.name, n.active, n.carrier_auto_reply, n.messaging_service, n.sending_class, n.campaign, n.business_hours, n.closed_reply, n.team_id, n.webhook_checked_at,
         n.webhook_problem, n.id is not distinct from t.default_number_id as is_default
       from numbers n join tenants t on t.tenant_id = n.tenant_id
       where n.tenant_id = $1 order by n.created_at, n.e164`,
      [tenantId],
    );
    return accounts.map((account) => ({
      ...account,
      numbers: numbers.filter((number) => number.carrier_account_id === account.id).map(toConnectedNumber),
    }));
  });
}

interface NumberRow {
  id: string;
  carrier_account_id: string;
  e164: string;
  name: string;
  active: boolean;
  carrier_auto_reply: boolean;
  messaging_service: string | null;
  sending_class: SendingClass | null;
  campaign: string | null;
  business_hours: BusinessHours | null;
  closed_reply: string | null;
  team_id: string | null;
  webhook_checked_at: Date | null;
  webhook_problem: string | null;
  is_default: boolean;
}

function toConnectedNumber(row: NumberRow): ConnectedNumber {
  return {
    id: row.id,
    e164: row.e164,
    name: row.name,
    isDefault: row.is_default,
    active: row.active,
    carrierAutoReply: row.carrier_auto_reply,
    messagingService: row.messaging_service,
    sendingClass: row.sending_class,
    campaign: row.campaign,
    businessHours: row.business_hours,
    closedReply: row.closed_reply,
    teamId: row.team_id,
    webhook:
      row.webhook_checked_at === null ? null : { checkedAt: row.webhook_checked_at, problem: row.webhook_problem },
  };
}

/** What an account is connected with. Telnyx's API key names its account, and its public key verifies its webhooks. */
export type Credentials =
  | { carrier: 'twilio'; accountRef: string; authToken: string }
  | { carrier: 'telnyx'; apiKey: string; publicKey: string };

/** Connects an account whose credentials the carrier accepts. One that was disconnected before comes back. */
export async function connectAccount(
  deps: NumbersDeps,
  asker: Asker,
  wish: Credentials,
): Promise<{ id: string; name: string | null }> {
  const { carrier } = wish;
  const token = carrier === 'twilio' ? wish.authToken : wish.apiKey;
  const publicKey = carrier === 'twilio' ? null : wish.publicKey;
  const fresh = uuidv7();
  const { accountRef, name } = await ask(
    adminOf(deps, carrier).checkCredentials({
      tenantId: asker.tenantId,
      id: fresh,
      carrier,
      accountRef: carrier === 'twilio' ? wish.accountRef : '',
      authTokens: [token],
      webhookKeys: [],
    }),
  );
  return deps.database.withTenant(asker.tenantId, async (tx) => {
    const known = await tx.first<{ id: string; connected: boolean }>(
      `select id, disconnected_at is null as connected from carrier_accounts
       where tenant_id = $1 and carrier = $2 and account_ref = $3 for update`,
      [tx.tenantId, carrier, accountRef],
    );
    if (known?.connected) throw new ApiError('carrier_account_exists');
    const id = known?.id ?? fresh;
    const sealed = deps.sealer.seal(token, credentialContext(tx.tenantId, id));
    const stored = await tx.first(
      `insert into carrier_accounts (tenant_id, id, carrier, account_ref, auth_token_sealed, name, webhook_public_key)
       values ($1, $2, $3, $4, $5, $6, $7)
       on conflict (tenant_id, carrier, account_ref) do update
         set auth_token_sealed = excluded.auth_token_sealed, previous_auth_token_sealed = null,
           webhook_public_key = excluded.webhook_public_key, previous_webhook_public_key = null,
           name = excluded.name, disconnected_at = null
         where carrier_accounts.disconnected_at is not null
       returning id`,
      [tx.tenantId, id, carrier, accountRef, sealed, name, publicKey],
    );
    // Two requests at the same moment: the other one was first.
    if (stored === null) throw new ApiError('carrier_account_exists');
    await audited(deps, tx, asker, {
      kind: 'carrier_account.connected',
      subject: id,
      payload: { carrier, accountRef, name },
    });
    return { id, name };
  });
}

/** Disconnects an account with all its numbers and forgets its credentials. */
export async function disconnectAccount(deps: NumbersDeps, asker: Asker, id: string): Promise<void> {
  await openAccount(deps, asker.tenantId, id);
  const accounts = await listAccounts(deps, asker.tenantId);
  const active = accounts.find((account) => account.id === id)?.numbers.filter((number) => number.active) ?? [];
  for (const number of active) await disconnectNumber(deps, asker, number.id);
  await deps.database.withTenant(asker.tenantId, async (tx) => {
    // Never an empty credential: anybody could sign with that one. Nobody has the other half of this key.
    const nothing = deps.sealer.seal(randomBytes(32).toString('hex'), credentialContext(tx.tenantId, id));
    const row = await tx.first(
      `update carrier_accounts set disconnected_at = now(), auth_token_sealed = $3, previous_auth_token_sealed = null,
         webhook_public_key = case when webhook_public_key is not null then $4 end, previous_webhook_public_key = null
       where tenant_id = $1 and id = $2 and disconnected_at is null returning id`,
      [tx.tenantId, id, nothing, nobodysKey()],
    );
    if (row === null) throw new ApiError('not_found');
    await audited(deps, tx, asker, { kind: 'carrier_account.disconnected', subject: id, payload: {} });
  });
}

/** A public key as Telnyx gives them, base64 of 32 bytes, whose private half is thrown away. */
function nobodysKey(): string {
  return generateKeyPairSync('ed25519')
    .publicKey.export({ format: 'der', type: 'spki' })
    .subarray(-32)
    .toString('base64');
}
