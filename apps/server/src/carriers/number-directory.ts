import type { BusinessHours } from '@patchline/domain/business-hours';
import type { Database } from '../platform/database/doors.ts';
import type { Sealer } from '../platform/secrets/seal.ts';
import type { CarrierAccount } from './messaging-carrier.ts';

/** One of our numbers with the account that owns it. */
export interface DirectoryNumber {
  tenantId: string;
  id: string;
  e164: string;
  name: string;
  active: boolean;
  carrierAutoReply: boolean;
  /** When it is attended; null: always. */
  businessHours: BusinessHours | null;
  /** What it answers when nobody attends it; null: nothing. */
  closedReply: string | null;
  account: CarrierAccount;
}

/** What a number of ours can look like; anybody can name anything, also what the database could not even compare. */
const E164 = /^\+[1-9]\d{6,14}$/;

/** How long a number may be answered from memory, in milliseconds. */
const FRESH_MS = 5_000;

interface AccountRow {
  tenant_id: string;
  account_id: string;
  carrier: 'twilio' | 'telnyx';
  account_ref: string;
  auth_token_sealed: Buffer;
  previous_auth_token_sealed: Buffer | null;
  webhook_public_key: string | null;
  previous_webhook_public_key: string | null;
}

/** Finds numbers and accounts before a tenant is known: webhooks name a number, and nothing else they say is trusted. */
export interface NumberDirectory {
  /** The number, or null. From memory for some seconds unless `fresh`, which a failed signature asks for. */
  find(e164: string, options?: { fresh?: boolean }): Promise<DirectoryNumber | null>;
  /** The accounts known by the carrier's name for them, of whatever tenant. */
  accounts(carrier: CarrierAccount['carrier'], accountRef: string): Promise<CarrierAccount[]>;
  /**
   * Every webhook key of a carrier's accounts, of whatever tenant: what may have signed a webhook that names no number
   * of ours. From memory for some seconds.
   */
  webhookKeys(carrier: CarrierAccount['carrier']): Promise<readonly string[]>;
  /** A tenant's account by our id; throws when there is none. */
  account(tenantId: string, id: string): Promise<CarrierAccount>;
  /** Every active number: what the reconciler walks. */
  all(): Promise<DirectoryNumber[]>;
}

/** What a sealed credential is bound to. */
export function credentialContext(tenantId: string, accountId: string): string {
  return `carrier_account:${tenantId}:${accountId}`;
}

export function createNumberDirectory(database: Database, sealer: Sealer): NumberDirectory {
  const known = new Map<string, { at: number; number: DirectoryNumber }>();
  const accountsById = new Map<string, { at: number; account: CarrierAccount }>();
  const keysOf = new Map<string, { at: number; keys: readonly string[] }>();

  const openAccount = (row: AccountRow): CarrierAccount => {
    const context = credentialContext(row.tenant_id, row.account_id);
    const sealed = [row.auth_token_sealed, row.previous_auth_token_sealed].filter((value) => value !== null);
    const keys = [row.webhook_public_key, row.previous_webhook_public_key];
    return {
      tenantId: row.tenant_id,
      id: row.account_id,
      carrier: row.carrier,
      accountRef: row.account_ref,
      authTokens: sealed.map((value) => sealer.open(value, context)),
      webhookKeys: keys.filter((key) => key !== null),
    };
  };
  const columns = `a.tenant_id, a.id as account_id, a.carrier, a.account_ref, a.auth_token_sealed,
    a.previous_auth_token_sealed, a.webhook_public_key, a.previous_webhook_public_key`;
  type NumberRow = AccountRow & {
    id: string;
    e164: string;
    name: string;
    active: boolean;
    carrier_auto_reply: boolean;
    business_hours: BusinessHours | null;
    closed_reply: string | null;
  };
  const numbers = (where: string, values: unknown[]) =>
    database.withPlatform(async (tx) => {
      const rows = await tx.query<NumberRow>(
        `select ${columns}, n.id, n.e164, n.name, n.active, n.carrier_auto_reply, n.business_hours, n.closed_reply
         from numbers n join carrier_accounts a on a.tenant_id = n.tenant_id and a.id = n.carrier_account_id where ${where}`,
        values,
      );
      return rows.map((row) => ({
        tenantId: row.tenant_id,
        id: row.id,
        e164: row.e164,
        name: row.name,
        active: row.active,
        carrierAutoReply: row.carrier_auto_reply,
        businessHours: row.business_hours,
        closedReply: row.closed_reply,
        account: openAccount(row),
      }));
    });

  return {
    async find(e164, options = {}) {
      if (!E164.test(e164)) return null;
      const before = known.get(e164);
      if (before !== undefined && !options.fresh && Date.now() - before.at < FRESH_MS) return before.number;
      const [number] = await numbers('n.e164 = $1 order by n.active desc, n.created_at desc limit 1', [e164]);
      if (number === undefined) known.delete(e164);
      else known.set(e164, { at: Date.now(), number });
      return number ?? null;
    },
    async accounts(carrier, accountRef) {
      if (accountRef.includes('\0')) return [];
      return database.withPlatform(async (tx) => {
        const rows = await tx.query<AccountRow>(
          `select ${columns} from carrier_accounts a where a.carrier = $1 and a.account_ref = $2`,
          [carrier, accountRef],
        );
        return rows.map(openAccount);
      });
    },
    async webhookKeys(carrier) {
      const before = keysOf.get(carrier);
      if (before !== undefined && Date.now() - before.at < FRESH_MS) return before.keys;
      const rows = await database.withPlatform((tx) =>
        tx.query<{ key: string }>(
          `select distinct key from carrier_accounts a
           cross join lateral (values (a.webhook_public_key), (a.previous_webhook_public_key)) as held(key)
           where a.carrier = $1 and key is not null`,
          [carrier],
        ),
      );
      const keys = rows.map(({ key }) => key);
      keysOf.set(carrier, { at: Date.now(), keys });
      return keys;
    },
    async account(tenantId, id) {
      const before = accountsById.get(id);
      if (before !== undefined && Date.now() - before.at < FRESH_MS) return before.account;
      const row = await database.withTenant(tenantId, (tx) =>
        tx.first<AccountRow>(`select ${columns} from carrier_accounts a where a.tenant_id = $1 and a.id = $2`, [
          tenantId,
          id,
        ]),
      );
      if (row === null) throw new Error('The number has no carrier account');
      const account = openAccount(row);
      accountsById.set(id, { at: Date.now(), account });
      return account;
    },
    all: () => numbers('n.active', []),
  };
}
