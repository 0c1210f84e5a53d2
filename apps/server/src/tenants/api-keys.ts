import { type Permission, permissionsOf, roleMay } from '@patchline/contracts/permissions';
import { atLeast, type Role } from '@patchline/contracts/roles';
import { v7 as uuidv7 } from 'uuid';
import { appendAudit } from '../platform/audit/append.ts';
import { type ApiKeyDoor, generateApiKey, type NewApiKey } from '../platform/auth/api-keys.ts';
import type { Database, TenantTransaction } from '../platform/database/doors.ts';
import { ApiError } from '../platform/http/api-error.ts';
import { actorOf, may, type Principal } from '../platform/http/principal.ts';

export interface ApiKeysDeps {
  database: Database;
  apiKeys: Pick<ApiKeyDoor, 'forget'>;
  linker: { signal(tenantId: string): void };
}

export interface ApiKeyRow {
  id: string;
  name: string;
  prefix: string;
  role: Role;
  scopes: Permission[] | null;
  created_at: Date;
  last_used_at: Date | null;
}

export interface ApiKeyWish {
  name: string;
  role: Role;
  /** Null: all that the role may. */
  scopes: Permission[] | null;
}

const COLUMNS = 'id, name, prefix, role, scopes, created_at, last_used_at';

/** The keys that still open, newest first. */
export function listApiKeys({ database }: ApiKeysDeps, tenantId: string): Promise<ApiKeyRow[]> {
  return database.withTenant(tenantId, (tx) =>
    tx.query<ApiKeyRow>(
      `select ${COLUMNS} from api_keys where tenant_id = $1 and revoked_at is null order by created_at desc, id desc`,
      [tenantId],
    ),
  );
}

/** Makes a key. It is in the answer, and nowhere else: only its hash is stored. */
export function createApiKey(
  deps: ApiKeysDeps,
  asker: Principal,
  wish: ApiKeyWish,
): Promise<{ key: string; row: ApiKeyRow }> {
  refuseBeyond(asker, wish);
  return deps.database.withTenant(asker.tenantId, async (tx) => {
    const made = generateApiKey();
    const row = await insertApiKey(tx, made, {
      id: uuidv7(),
      ...wish,
      createdBy: asker.kind === 'person' ? asker.userId : null,
    });
    if (row === null) throw new Error('A new API key collided with another');
    await appendAudit(tx, [
      {
        kind: 'api_key.created',
        subject: row.id,
        actor: actorOf(asker),
        payload: { name: row.name, role: row.role, scopes: row.scopes },
      },
    ]);
    tx.afterCommit(() => deps.linker.signal(tx.tenantId));
    return { key: made.key, row };
  });
}

/** A key does no more than its role, and no more than whoever makes it. */
function refuseBeyond(asker: Principal, { role, scopes }: ApiKeyWish): void {
  const foreign = scopes?.filter((scope) => !roleMay(role, scope)) ?? [];
  if (foreign.length > 0) {
    throw new ApiError('invalid_input', {
      details: [{ path: 'scopes', message: `holds what the role ${role} may not do: ${foreign.join(', ')}` }],
    });
  }
  const wanted = scopes ?? permissionsOf(role);
  if (!atLeast(asker.role, role) || !wanted.every((scope) => may(asker, scope))) {
    throw new ApiError('forbidden', { message: 'A key cannot be more powerful than who makes it.' });
  }
}

/** Stores a key under its hash; null when it is there already. */
export function insertApiKey(
  tx: TenantTransaction,
  key: NewApiKey,
  about: ApiKeyWish & { id: string; createdBy: string | null },
): Promise<ApiKeyRow | null> {
  return tx.first<ApiKeyRow>(
    `insert into api_keys (tenant_id, id, name, prefix, hash, role, scopes, created_by)
     values ($1, $2, $3, $4, $5, $6, $7, $8)
     on conflict do nothing returning ${COLUMNS}`,
    [tx.tenantId, about.id, about.name, key.prefix, key.hash, about.role, about.scopes, about.createdBy],
  );
}

/** Revokes a key: at once in this process, within five seconds in others. */
export async function revokeApiKey(deps: ApiKeysDeps, asker: Principal, id: string): Promise<void> {
  await deps.database.withTenant(asker.tenantId, async (tx) => {
    const row = await tx.first<{ role: Role }>(
      `update api_keys set revoked_at = now() where tenant_id = $1 and id = $2 and revoked_at is null returning role`,
      [tx.tenantId, id],
    );
    if (row === null) throw new ApiError('not_found');
    if (!atLeast(asker.role, row.role)) throw new ApiError('forbidden');
    await appendAudit(tx, [{ kind: 'api_key.revoked', subject: id, actor: actorOf(asker), payload: {} }]);
    tx.afterCommit(() => {
      deps.apiKeys.forget(id);
      deps.linker.signal(tx.tenantId);
    });
  });
}
