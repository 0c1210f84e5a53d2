import type { Role } from '@patchline/contracts/roles';
import { appendAudit } from '../platform/audit/append.ts';
import type { TenantTransaction } from '../platform/database/doors.ts';
import { ApiError } from '../platform/http/api-error.ts';
import { actorOf, type PersonPrincipal, type Principal } from '../platform/http/principal.ts';
import { refuseAbove } from '../tenants/index.ts';
import type { AccountDeps } from './deps.ts';
import { secondFactorDroppedLetter } from './letters.ts';

export async function listSessions(deps: AccountDeps, person: PersonPrincipal) {
  const sessions = await deps.sessions.list(person.userId, person.sessionId);
  const names = await deps.database.withPlatform(async (tx) => {
    const rows = await tx.query<{ tenant_id: string; name: string }>(
      'select tenant_id, name from tenants where tenant_id = any($1)',
      [sessions.map((session) => session.tenantId)],
    );
    return new Map(rows.map((row) => [row.tenant_id, row.name]));
  });
  return sessions.flatMap(({ tenantId, createdAt, lastUsedAt, ...session }) =>
    tenantId === null
      ? []
      : [
          {
            ...session,
            current: session.id === person.sessionId,
            createdAt: createdAt.toISOString(),
            lastUsedAt: lastUsedAt.toISOString(),
            tenant: { id: tenantId, name: names.get(tenantId) ?? '' },
          },
        ],
  );
}

export async function endSession(deps: AccountDeps, person: PersonPrincipal, sessionId: string): Promise<void> {
  if (!(await deps.sessions.end(person.userId, person.sessionId, sessionId))) throw new ApiError('not_found');
  await record(deps, person, async () => ({ kind: 'session.ended', subject: person.userId, payload: { sessionId } }));
}

export async function endOtherSessions(deps: AccountDeps, person: PersonPrincipal): Promise<void> {
  await deps.sessions.endOthers(person.userId, person.sessionId);
  await record(deps, person, async () => ({ kind: 'session.others_ended', subject: person.userId, payload: {} }));
}

/** Signs a person out everywhere in the asker's tenant; their sessions in others are not the asker's to end. */
export async function endSessionsOf(deps: AccountDeps, asker: Principal, userId: string): Promise<void> {
  await record(deps, asker, async (tx) => {
    refuseAbove(asker, await roleOf(tx, userId));
    return { kind: 'person.sessions_ended', subject: userId, payload: {} };
  });
  await deps.signIn.endSessions(userId, asker.tenantId);
}

/** Takes the second factor from a person who lost it, tells them by e-mail, and writes it down. */
export async function dropSecondFactor(deps: AccountDeps, asker: Principal, userId: string): Promise<void> {
  const elsewhere = await deps.database.withPlatform((tx) =>
    tx.first('select 1 from memberships where user_id = $1 and tenant_id <> $2 and removed_at is null limit 1', [
      userId,
      asker.tenantId,
    ]),
  );
  const person = (await deps.signIn.people([userId])).get(userId);
  await record(deps, asker, async (tx) => {
    refuseAbove(asker, await roleOf(tx, userId));
    if (elsewhere !== null) {
      throw new ApiError('forbidden', {
        message: 'This person also works for another company here, so their second factor is not yours to switch off.',
      });
    }
    const tenant = await tx.first<{ name: string }>('select name from tenants where tenant_id = $1', [tx.tenantId]);
    if (person) {
      const letter = secondFactorDroppedLetter({ byName: asker.name, tenantName: tenant?.name ?? '' });
      await deps.mailer.queueMail(tx, { to: person.email, ...letter });
    }
    return { kind: 'person.two_factor_dropped', subject: userId, payload: {} };
  });
  await deps.secondFactors.drop(userId);
}

async function roleOf(tx: TenantTransaction, userId: string): Promise<Role> {
  const row = await tx.first<{ role: Role }>(
    'select role from memberships where tenant_id = $1 and user_id = $2 and removed_at is null',
    [tx.tenantId, userId],
  );
  if (row === null) throw new ApiError('not_found');
  return row.role;
}

async function record(
  deps: AccountDeps,
  asker: Principal,
  work: (tx: TenantTransaction) => Promise<{ kind: string; subject: string; payload: Record<string, unknown> }>,
): Promise<void> {
  await deps.database.withTenant(asker.tenantId, async (tx) => {
    const entry = await work(tx);
    await appendAudit(tx, [{ ...entry, actor: actorOf(asker) }]);
    tx.afterCommit(() => deps.linker.signal(tx.tenantId));
  });
}
