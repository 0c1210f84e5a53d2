import { v7 as uuidv7 } from 'uuid';
import { appendAudit } from '../platform/audit/append.ts';
import { clientSecretContext } from '../platform/auth/sso-secret.ts';
import type { TenantTransaction } from '../platform/database/doors.ts';
import { ApiError } from '../platform/http/api-error.ts';
import { actorOf, type Principal } from '../platform/http/principal.ts';
import type { AccountDeps } from './deps.ts';
import { discoverProvider } from './oidc.ts';

export interface SsoInput {
  domain: string;
  issuer: string;
  clientId: string;
  clientSecret: string;
  required: boolean;
}

export async function listSsoProviders(deps: AccountDeps, tenantId: string) {
  return deps.database.withTenant(tenantId, (tx) =>
    tx.query<{ id: string; domain: string; issuer: string; clientId: string; required: boolean }>(
      `select id, domain, issuer, client_id as "clientId", required from sso_providers
       where tenant_id = $1 order by domain, id`,
      [tenantId],
    ),
  );
}

/** Adds a provider, once it has answered as one. */
export async function addSsoProvider(deps: AccountDeps, asker: Principal, input: SsoInput): Promise<{ id: string }> {
  await discoverProvider(deps, input);
  const id = uuidv7();
  const sealed = deps.sealer.seal(input.clientSecret, clientSecretContext(asker.tenantId, id));
  await change(deps, asker, 'sso.added', id, async (tx) => {
    await refuseTakenDomain(tx, input.domain, id);
    await tx.query(
      `insert into sso_providers (tenant_id, id, domain, issuer, client_id, client_secret_sealed, required)
       values ($1, $2, $3, $4, $5, $6, $7)`,
      [tx.tenantId, id, input.domain, input.issuer, input.clientId, sealed, input.required],
    );
    return { domain: input.domain, issuer: input.issuer, required: input.required };
  });
  return { id };
}

export async function changeSsoProvider(
  deps: AccountDeps,
  asker: Principal,
  id: string,
  changes: Partial<SsoInput>,
): Promise<void> {
  const now = (await listSsoProviders(deps, asker.tenantId)).find((provider) => provider.id === id);
  if (now === undefined) throw new ApiError('not_found');
  const { clientSecret, ...rest } = changes;
  const next = { ...now, ...rest };
  if (next.issuer !== now.issuer && clientSecret === undefined) {
    throw new ApiError('invalid_input', {
      message: 'Another provider needs its own client secret: the one before is never sent to it.',
      details: [{ path: 'clientSecret', message: 'is missing' }],
    });
  }
  await discoverProvider(deps, next);
  const sealed =
    clientSecret === undefined ? null : deps.sealer.seal(clientSecret, clientSecretContext(asker.tenantId, id));
  await change(deps, asker, 'sso.changed', id, async (tx) => {
    await refuseTakenDomain(tx, next.domain, id);
    const rows = await tx.query(
      `update sso_providers set domain = $3, issuer = $4, client_id = $5, required = $6,
         client_secret_sealed = coalesce($7, client_secret_sealed)
       where tenant_id = $1 and id = $2 and ($7::bytea is not null or issuer = $4) returning 1`,
      [tx.tenantId, id, next.domain, next.issuer, next.clientId, next.required, sealed],
    );
    if (rows.length === 0) throw new ApiError('not_found');
    return { domain: next.domain, issuer: next.issuer, required: next.required };
  });
}

/** Removes a provider. Sessions it vouched for stay until they end; people sign in with a password from then on. */
export async function removeSsoProvider(deps: AccountDeps, asker: Principal, id: string): Promise<void> {
  await change(deps, asker, 'sso.removed', id, async (tx) => {
    const gone = await tx.first<{ domain: string }>(
      'delete from sso_providers where tenant_id = $1 and id = $2 returning domain',
      [tx.tenantId, id],
    );
    if (gone === null) throw new ApiError('not_found');
    return gone;
  });
}

async function refuseTakenDomain(tx: TenantTransaction, domain: string, id: string): Promise<void> {
  const twin = await tx.first('select 1 from sso_providers where tenant_id = $1 and domain = $2 and id <> $3', [
    tx.tenantId,
    domain,
    id,
  ]);
  if (twin === null) return;
  throw new ApiError('invalid_input', {
    message: 'This domain has a provider already.',
    details: [{ path: 'domain', message: 'is taken' }],
  });
}

async function change(
  deps: AccountDeps,
  asker: Principal,
  kind: string,
  subject: string,
  work: (tx: TenantTransaction) => Promise<Record<string, unknown>>,
): Promise<void> {
  await deps.database.withTenant(asker.tenantId, async (tx) => {
    const payload = await work(tx);
    await appendAudit(tx, [{ kind, subject, actor: actorOf(asker), payload }]);
    tx.afterCommit(() => deps.linker.signal(tx.tenantId));
  });
}
