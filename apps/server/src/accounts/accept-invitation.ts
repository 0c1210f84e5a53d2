import type { Role } from '@patchline/contracts/roles';
import { appendAudit, type Where } from '../platform/audit/append.ts';
import { ApiError } from '../platform/http/api-error.ts';
import { addMember } from '../tenants/index.ts';
import type { AccountDeps } from './deps.ts';
import { hashLinkToken } from './link-token.ts';

interface Waiting {
  tenantId: string;
  id: string;
  email: string;
  tenantName: string;
  role: Role;
}

/** The invitation of a link. Throws `not_found` for one that was used, taken back, ran out, or never was. */
async function findWaiting(deps: AccountDeps, token: string): Promise<Waiting> {
  const row = await deps.database.withPlatform((tx) =>
    tx.first<{ tenant_id: string; id: string; email: string; role: Role; name: string }>(
      `select i.tenant_id, i.id, i.email, i.role, t.name from invitations i join tenants t using (tenant_id)
       where i.token_hash = $1 and i.accepted_at is null and i.withdrawn_at is null and i.expires_at > now()`,
      [hashLinkToken(token)],
    ),
  );
  if (row === null) throw notGood();
  return { tenantId: row.tenant_id, id: row.id, email: row.email, tenantName: row.name, role: row.role };
}

/** What whoever holds the link may know before they accept. */
export async function lookAtInvitation(deps: AccountDeps, token: string) {
  const { email, tenantName, role } = await findWaiting(deps, token);
  return { email, tenantName, role, hasAccount: (await deps.signIn.findUser(email)) !== null };
}

/**
 * Joins. Who has an account proves that it is theirs, by their session or their password: a link that was forwarded
 * gives nobody another's account. Who has none makes it.
 */
export async function acceptInvitation(
  deps: AccountDeps,
  given: { token: string; name?: string; password?: string; headers: Headers; where: Where },
): Promise<void> {
  const invitation = await findWaiting(deps, given.token);
  const known = await deps.signIn.findUser(invitation.email);
  if (known !== null) await requireOwner(deps, known.id, given);
  const userId = known?.id ?? (await makeAccount(deps, invitation.email, given));
  await joinByInvitation(deps, { ...invitation, userId, where: given.where });
}

/** Makes the person a member, once: whoever comes second with the same invitation is refused with `not_found`. */
export async function joinByInvitation(
  deps: Pick<AccountDeps, 'database' | 'linker'>,
  { tenantId, id, userId, where }: { tenantId: string; id: string; userId: string; where: Where },
): Promise<void> {
  await deps.database.withTenant(tenantId, async (tx) => {
    const row = await tx.first<{ role: Role; team_ids: string[] }>(
      `update invitations set accepted_at = now()
       where tenant_id = $1 and id = $2 and accepted_at is null and withdrawn_at is null and expires_at > now()
       returning role, team_ids`,
      [tenantId, id],
    );
    if (row === null) throw notGood();
    const member = await tx.first(
      'select 1 from memberships where tenant_id = $1 and user_id = $2 and removed_at is null',
      [tenantId, userId],
    );
    // Who was added by hand meanwhile keeps the role that they were given then.
    if (member === null) await addMember(tx, userId, row.role);
    await tx.query(
      `insert into team_members (tenant_id, team_id, user_id)
       select tenant_id, id, $2 from teams where tenant_id = $1 and id = any($3) on conflict do nothing`,
      [tenantId, userId, row.team_ids],
    );
    await appendAudit(tx, [
      {
        kind: 'person.joined',
        subject: userId,
        actor: { name: `user:${userId}`, where },
        payload: { role: row.role, invitation: id },
      },
    ]);
    tx.afterCommit(() => deps.linker.signal(tenantId));
  });
}

async function requireOwner(
  deps: AccountDeps,
  userId: string,
  { password, headers }: { password?: string; headers: Headers },
): Promise<void> {
  const session = headers.has('cookie') ? await deps.signIn.getSession(headers) : null;
  if (session?.session.user.id === userId) return;
  if (password !== undefined && (await deps.signIn.checkPassword(userId, password))) return;
  throw new ApiError('invalid_input', {
    message: 'Sign in, or give the password you sign in with here.',
    details: [{ path: 'password', message: 'is not your password' }],
  });
}

async function makeAccount(
  deps: AccountDeps,
  email: string,
  { name, password }: { name?: string; password?: string },
): Promise<string> {
  const missing = [name === undefined && 'name', password === undefined && 'password'].filter((path) => path !== false);
  if (name === undefined || password === undefined) {
    throw new ApiError('invalid_input', { details: missing.map((path) => ({ path, message: 'is missing' })) });
  }
  return (await deps.signIn.createUser({ email, name, password })).id;
}

function notGood(): ApiError {
  return new ApiError('not_found', {
    message: 'This invitation does not work: it was used, taken back, or is older than 7 days. Ask for another one.',
  });
}
