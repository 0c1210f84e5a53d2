import { atLeast, type Role } from '@patchline/contracts/roles';
import { appendAudit } from '../platform/audit/append.ts';
import type { SecondFactors } from '../platform/auth/second-factors.ts';
import type { Sessions } from '../platform/auth/sessions.ts';
import type { SignIn } from '../platform/auth/sign-in.ts';
import type { Database, TenantTransaction } from '../platform/database/doors.ts';
import { type HotGateway, HotTierUnavailable } from '../platform/hot/hot-gateway.ts';
import { ApiError } from '../platform/http/api-error.ts';
import { actorOf, type Principal } from '../platform/http/principal.ts';

export interface PeopleDeps {
  database: Database;
  signIn: Pick<SignIn, 'ensureUser' | 'findUser' | 'people' | 'endSessions'>;
  sessions: Pick<Sessions, 'lastSeen'>;
  secondFactors: Pick<SecondFactors, 'having'>;
  hot: Pick<HotGateway, 'dropLocks'>;
  linker: { signal(tenantId: string): void };
}

export interface Person {
  id: string;
  name: string;
  email: string;
  role: Role;
  since: Date;
  twoFactor: boolean;
  lastSeenAt: Date | null;
  teams: Array<{ id: string; name: string }>;
}

interface MemberRow {
  user_id: string;
  role: Role;
  created_at: Date;
  teams: Array<{ id: string; name: string }>;
}

/** The members of a tenant, oldest first. */
export async function listPeople(deps: PeopleDeps, tenantId: string): Promise<Person[]> {
  const members = await deps.database.withTenant(tenantId, (tx) =>
    tx.query<MemberRow>(
      `select m.user_id, m.role, m.created_at,
         (select coalesce(json_agg(json_build_object('id', t.id, 'name', t.name) order by lower(t.name)), '[]')
          from team_members b join teams t on t.tenant_id = b.tenant_id and t.id = b.team_id
          where b.tenant_id = m.tenant_id and b.user_id = m.user_id) as teams
       from memberships m where m.tenant_id = $1 and m.removed_at is null order by m.created_at, m.user_id`,
      [tenantId],
    ),
  );
  const ids = members.map((member) => member.user_id);
  const [known, secured, seen] = await Promise.all([
    deps.signIn.people(ids),
    deps.secondFactors.having(ids),
    deps.sessions.lastSeen(tenantId, ids),
  ]);
  return members.map(({ user_id: id, role, created_at: since, teams }) => ({
    id,
    role,
    since,
    teams,
    name: known.get(id)?.name ?? '',
    email: known.get(id)?.email ?? '',
    twoFactor: secured.has(id),
    lastSeenAt: seen.get(id) ?? null,
  }));
}

/**
 * Adds a person to the asker's tenant. Who already signs in for a tenant keeps their name and password: nobody may
 * change another team's password by inviting its people.
 */
export async function addPerson(
  deps: PeopleDeps,
  asker: Principal,
  person: { email: string; name: string; password: string; role: Role },
): Promise<{ id: string }> {
  refuseAbove(asker, person.role);
  const known = await deps.signIn.findUser(person.email);
  const belongs = known !== null && (await isMemberAnywhere(deps.database, known.id));
  const { id } = known !== null && belongs ? known : await deps.signIn.ensureUser(person);
  await changePeople(deps, asker, async (tx) => {
    const role = await lockedRole(tx, id);
    if (role !== null) {
      throw new ApiError('invalid_input', {
        message: 'Somebody with that e-mail address is on the team already.',
        details: [{ path: 'email', message: 'is taken' }],
      });
    }
    await addMember(tx, id, person.role);
    return { kind: 'person.added', subject: id, payload: { role: person.role } };
  });
  return { id };
}

export function changeRole(deps: PeopleDeps, asker: Principal, userId: string, role: Role): Promise<void> {
  refuseAbove(asker, role);
  return changePeople(deps, asker, async (tx) => {
    const before = await lockedRole(tx, userId);
    if (before === null) throw new ApiError('not_found');
    refuseAbove(asker, before);
    if (before === 'owner' && role !== 'owner') await refuseLastOwner(tx);
    await addMember(tx, userId, role);
    return { kind: 'person.role_changed', subject: userId, payload: { before, role } };
  });
}

/** Removes a person: their next request is refused, their sessions end, and the hot tier forgets them within five minutes. */
export async function removePerson(deps: PeopleDeps, asker: Principal, userId: string): Promise<void> {
  await changePeople(deps, asker, async (tx) => {
    const before = await lockedRole(tx, userId);
    if (before === null) throw new ApiError('not_found');
    refuseAbove(asker, before);
    if (before === 'owner') await refuseLastOwner(tx);
    await tx.query('update memberships set removed_at = now() where tenant_id = $1 and user_id = $2', [
      tx.tenantId,
      userId,
    ]);
    await tx.query('delete from team_members where tenant_id = $1 and user_id = $2', [tx.tenantId, userId]);
    return { kind: 'person.removed', subject: userId, payload: { role: before } };
  });
  await deps.signIn.endSessions(userId, asker.tenantId);
  try {
    await deps.hot.dropLocks({ tenantId: asker.tenantId, userId });
  } catch (error) {
    // Their token can renew the locks no longer than it lives, and then they run out.
    if (!(error instanceof HotTierUnavailable)) throw error;
  }
}

/** Every change of who may do what is a line of the ledger, in the same commit. */
async function changePeople(
  deps: PeopleDeps,
  asker: Principal,
  work: (tx: TenantTransaction) => Promise<{ kind: string; subject: string; payload: Record<string, unknown> }>,
): Promise<void> {
  await deps.database.withTenant(asker.tenantId, async (tx) => {
    const entry = await work(tx);
    await appendAudit(tx, [{ ...entry, actor: actorOf(asker) }]);
    tx.afterCommit(() => deps.linker.signal(tx.tenantId));
  });
}

/** Nobody gives or takes a role above their own. */
export function refuseAbove(asker: Principal, role: Role): void {
  if (!atLeast(asker.role, role)) {
    throw new ApiError('forbidden', { message: `Only an ${role} may give or take the role ${role}.` });
  }
}

async function lockedRole(tx: TenantTransaction, userId: string): Promise<Role | null> {
  const row = await tx.first<{ role: Role }>(
    'select role from memberships where tenant_id = $1 and user_id = $2 and removed_at is null for update',
    [tx.tenantId, userId],
  );
  return row?.role ?? null;
}

async function refuseLastOwner(tx: TenantTransaction): Promise<void> {
  // Locked in one order, so that two owners who remove each other at once do not both succeed.
  const owners = await tx.query(
    `select user_id from memberships where tenant_id = $1 and role = 'owner' and removed_at is null
     order by user_id for update`,
    [tx.tenantId],
  );
  if (owners.length < 2) {
    throw new ApiError('forbidden', { message: 'A team keeps at least one owner. Make somebody else an owner first.' });
  }
}

/** Makes somebody a member, or gives them another role. Asks nobody whether it may. */
export async function addMember(tx: TenantTransaction, userId: string, role: Role): Promise<void> {
  await tx.query(
    `insert into memberships (tenant_id, user_id, role) values ($1, $2, $3)
     on conflict (tenant_id, user_id) do update set role = excluded.role, removed_at = null`,
    [tx.tenantId, userId, role],
  );
}

function isMemberAnywhere(database: Database, userId: string): Promise<boolean> {
  return database.withPlatform(
    async (tx) =>
      (await tx.first('select 1 from memberships where user_id = $1 and removed_at is null limit 1', [userId])) !==
      null,
  );
}
