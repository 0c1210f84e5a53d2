import type { Role } from '@patchline/contracts/roles';
import { v7 as uuidv7 } from 'uuid';
import { appendAudit } from '../platform/audit/append.ts';
import type { TenantTransaction } from '../platform/database/doors.ts';
import { ApiError } from '../platform/http/api-error.ts';
import { actorOf, type Principal } from '../platform/http/principal.ts';
import { refuseAbove } from '../tenants/index.ts';
import type { AccountDeps } from './deps.ts';
import { invitationLetter } from './letters.ts';
import { newLinkToken } from './link-token.ts';

/** How long the link of an invitation is good. */
const GOOD_FOR = '7 days';

interface Row {
  id: string;
  email: string;
  role: Role;
  team_ids: string[];
  invited_by: string | null;
  created_at: Date;
  expires_at: Date;
}

/** Invitations that nobody has taken yet, newest first, those that ran out too. */
export async function listInvitations(deps: AccountDeps, tenantId: string) {
  const rows = await deps.database.withTenant(tenantId, (tx) =>
    tx.query<Row>(
      `select id, email, role, team_ids, invited_by, created_at, expires_at from invitations
       where tenant_id = $1 and accepted_at is null and withdrawn_at is null order by created_at desc, id desc`,
      [tenantId],
    ),
  );
  const names = await deps.signIn.people(rows.flatMap((row) => row.invited_by ?? []));
  return rows.map((row) => ({
    id: row.id,
    email: row.email,
    role: row.role,
    teamIds: row.team_ids,
    invitedBy: row.invited_by === null ? null : { id: row.invited_by, name: names.get(row.invited_by)?.name ?? '' },
    createdAt: row.created_at.toISOString(),
    expiresAt: row.expires_at.toISOString(),
  }));
}

/** Invites somebody by e-mail. An invitation that still waits for the same address is taken back by it. */
export async function invite(
  deps: AccountDeps,
  asker: Principal,
  invitation: { email: string; role: Role; teamIds: readonly string[] },
): Promise<{ id: string }> {
  refuseAbove(asker, invitation.role);
  deps.mailer.requireReady();
  const email = invitation.email.toLowerCase();
  const known = await deps.signIn.findUser(email);
  const id = uuidv7();
  const { token, hash } = newLinkToken();
  await deps.database.withTenant(asker.tenantId, async (tx) => {
    if (known !== null) await refuseMember(tx, known.id);
    await refuseUnknownTeams(tx, invitation.teamIds);
    await tx.query(
      `update invitations set withdrawn_at = now()
       where tenant_id = $1 and email = $2 and accepted_at is null and withdrawn_at is null`,
      [tx.tenantId, email],
    );
    await tx.query(
      `insert into invitations (tenant_id, id, email, role, team_ids, token_hash, invited_by, expires_at)
       values ($1, $2, $3, $4, $5, $6, $7, now() + interval '${GOOD_FOR}')`,
      [
        ...[tx.tenantId, id, email, invitation.role, invitation.teamIds, hash],
        asker.kind === 'person' ? asker.userId : null,
      ],
    );
    await sendInvitation(deps, tx, asker, { email, token });
    await record(deps, tx, asker, 'person.invited', id, { email, role: invitation.role });
  });
  return { id };
}

/** Sends an invitation again, with another link: the one before no longer works. */
export async function resendInvitation(deps: AccountDeps, asker: Principal, id: string): Promise<void> {
  deps.mailer.requireReady();
  const { token, hash } = newLinkToken();
  await deps.database.withTenant(asker.tenantId, async (tx) => {
    const row = await lockWaiting(tx, id);
    refuseAbove(asker, row.role);
    await tx.query(
      `update invitations set token_hash = $3, expires_at = now() + interval '${GOOD_FOR}' where tenant_id = $1 and id = $2`,
      [tx.tenantId, id, hash],
    );
    await sendInvitation(deps, tx, asker, { email: row.email, token });
    await record(deps, tx, asker, 'person.invited_again', id, { email: row.email, role: row.role });
  });
}

export async function withdrawInvitation(deps: AccountDeps, asker: Principal, id: string): Promise<void> {
  await deps.database.withTenant(asker.tenantId, async (tx) => {
    const row = await lockWaiting(tx, id);
    refuseAbove(asker, row.role);
    await tx.query('update invitations set withdrawn_at = now() where tenant_id = $1 and id = $2', [tx.tenantId, id]);
    await record(deps, tx, asker, 'person.invitation_withdrawn', id, { email: row.email, role: row.role });
  });
}

async function lockWaiting(tx: TenantTransaction, id: string): Promise<{ email: string; role: Role }> {
  const row = await tx.first<{ email: string; role: Role }>(
    `select email, role from invitations
     where tenant_id = $1 and id = $2 and accepted_at is null and withdrawn_at is null for update`,
    [tx.tenantId, id],
  );
  if (row === null) throw new ApiError('not_found');
  return row;
}

async function refuseMember(tx: TenantTransaction, userId: string): Promise<void> {
  const member = await tx.first(
    'select 1 from memberships where tenant_id = $1 and user_id = $2 and removed_at is null',
    [tx.tenantId, userId],
  );
  if (member === null) return;
  throw new ApiError('invalid_input', {
    message: 'Somebody with that e-mail address is on the team already.',
    details: [{ path: 'email', message: 'is taken' }],
  });
}

async function refuseUnknownTeams(tx: TenantTransaction, teamIds: readonly string[]): Promise<void> {
  if (teamIds.length === 0) return;
  const found = await tx.query('select 1 from teams where tenant_id = $1 and id = any($2)', [tx.tenantId, teamIds]);
  if (found.length === new Set(teamIds).size) return;
  throw new ApiError('invalid_input', {
    message: 'One of the teams is not there any more.',
    details: [{ path: 'teamIds', message: 'names a team that is not there' }],
  });
}

async function sendInvitation(
  deps: AccountDeps,
  tx: TenantTransaction,
  asker: Principal,
  { email, token }: { email: string; token: string },
): Promise<void> {
  const tenant = await tx.first<{ name: string }>('select name from tenants where tenant_id = $1', [tx.tenantId]);
  const letter = invitationLetter({
    tenantName: tenant?.name ?? '',
    inviterName: asker.kind === 'person' ? asker.name : null,
    link: `${deps.publicUrl}/invite?token=${token}`,
  });
  await deps.mailer.queueMail(tx, { to: email, ...letter });
}

async function record(
  deps: AccountDeps,
  tx: TenantTransaction,
  asker: Principal,
  kind: string,
  subject: string,
  payload: Record<string, unknown>,
): Promise<void> {
  await appendAudit(tx, [{ kind, subject, actor: actorOf(asker), payload }]);
  tx.afterCommit(() => deps.linker.signal(tx.tenantId));
}
