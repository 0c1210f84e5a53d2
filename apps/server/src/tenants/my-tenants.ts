import type { Role } from '@patchline/contracts/roles';
import { v7 as uuidv7 } from 'uuid';
import { appendAudit } from '../platform/audit/append.ts';
import type { Memberships } from '../platform/auth/memberships.ts';
import type { SignIn } from '../platform/auth/sign-in.ts';
import type { Database } from '../platform/database/doors.ts';
import { ApiError } from '../platform/http/api-error.ts';
import { actorOf, type PersonPrincipal } from '../platform/http/principal.ts';
import { createTenant, ownsInstallation } from './create-tenant.ts';

export interface MyTenantsDeps {
  database: Database;
  signIn: Pick<SignIn, 'moveSession' | 'isBound'>;
  memberships: Pick<Memberships, 'takesPassword'>;
  linker: { signal(tenantId: string): void };
}

export interface MyTenant {
  id: string;
  name: string;
  role: Role;
}

/** Every tenant that a person belongs to, by name. */
export function listMyTenants(database: Database, userId: string): Promise<MyTenant[]> {
  return database.withPlatform((tx) =>
    tx.query<MyTenant>(
      `select t.tenant_id as id, t.name, m.role from memberships m join tenants t on t.tenant_id = m.tenant_id
       where m.user_id = $1 and m.removed_at is null order by lower(t.name), t.tenant_id`,
      [userId],
    ),
  );
}

/** From the next request on the session is one of that tenant. @throws ApiError not_found for who is no member of it */
export async function switchTenant(deps: MyTenantsDeps, person: PersonPrincipal, tenantId: string): Promise<void> {
  await deps.database.withTenant(tenantId, async (tx) => {
    const member = await tx.first(
      'select 1 from memberships where tenant_id = $1 and user_id = $2 and removed_at is null for key share',
      [tenantId, person.userId],
    );
    if (member === null) throw new ApiError('not_found');
    await refuseForeignProof(deps, person, tenantId);
    await appendAudit(tx, [
      { kind: 'session.switched', subject: person.userId, actor: actorOf(person), payload: { from: person.tenantId } },
    ]);
    tx.afterCommit(() => deps.linker.signal(tenantId));
  });
  await deps.signIn.moveSession(person.sessionId, tenantId);
}

/** A company's provider vouches for people in that company only, and a company may want nothing but its own provider. */
async function refuseForeignProof(deps: MyTenantsDeps, person: PersonPrincipal, tenantId: string): Promise<void> {
  if (tenantId === person.tenantId) return;
  const bound = await deps.signIn.isBound(person.sessionId);
  if (!bound && (await deps.memberships.takesPassword(person.userId, person.email, tenantId))) return;
  throw new ApiError('sso_required', {
    message: bound
      ? 'You came in by the single sign-on of one company, which opens no other. Sign out, then sign in to the other one.'
      : 'This company takes its own single sign-on only. Sign out, then sign in by it.',
  });
}

/** An owner of the installation makes a tenant, and is its owner. Its first line in the ledger comes with it. */
export async function makeTenant(
  deps: MyTenantsDeps,
  person: PersonPrincipal,
  wish: { name: string; timeZone: string },
): Promise<{ id: string }> {
  if (!(await deps.database.withPlatform((tx) => ownsInstallation(tx, person.userId)))) {
    throw new ApiError('forbidden', { message: 'Only owners of this installation make companies.' });
  }
  const id = uuidv7();
  await deps.database.withTenant(id, async (tx) => {
    await createTenant(tx, { id, ...wish, ownerId: person.userId });
    await appendAudit(tx, [
      { kind: 'tenant.created', subject: id, actor: actorOf(person), payload: { name: wish.name } },
    ]);
    tx.afterCommit(() => deps.linker.signal(id));
  });
  return { id };
}
