import { v7 as uuidv7 } from 'uuid';
import { redrawThreads } from '../messaging/index.ts';
import { type AuditEntry, appendAudit } from '../platform/audit/append.ts';
import type { Database, TenantTransaction } from '../platform/database/doors.ts';
import { ApiError } from '../platform/http/api-error.ts';
import { actorOf, type Principal } from '../platform/http/principal.ts';

export interface TeamsDeps {
  database: Database;
  linker: { signal(tenantId: string): void };
}

export interface Team {
  id: string;
  name: string;
  memberIds: string[];
  /** The numbers whose threads the team alone sees. */
  numberIds: string[];
}

/** The tenant's teams, by name. */
export function listTeams({ database }: TeamsDeps, tenantId: string): Promise<Team[]> {
  return database.withTenant(tenantId, (tx) =>
    tx.query<Team>(
      `select t.id, t.name,
         array(select b.user_id::text from team_members b where b.tenant_id = t.tenant_id and b.team_id = t.id
           order by b.user_id) as "memberIds",
         array(select n.id::text from numbers n where n.tenant_id = t.tenant_id and n.team_id = t.id
           order by n.created_at, n.e164) as "numberIds"
       from teams t where t.tenant_id = $1 order by lower(t.name), t.id`,
      [tenantId],
    ),
  );
}

export function addTeam(deps: TeamsDeps, asker: Principal, name: string): Promise<{ id: string }> {
  const id = uuidv7();
  return change(deps, asker, async (tx) => {
    await refusingTakenName(
      tx.query('insert into teams (tenant_id, id, name) values ($1, $2, $3)', [tx.tenantId, id, name]),
    );
    return { entry: { kind: 'team.added', subject: id, payload: { name } }, result: { id } };
  });
}

export function renameTeam(deps: TeamsDeps, asker: Principal, id: string, name: string): Promise<void> {
  return change(deps, asker, async (tx) => {
    await lockTeam(tx, id);
    await refusingTakenName(
      tx.query('update teams set name = $3 where tenant_id = $1 and id = $2', [tx.tenantId, id, name]),
    );
    return { entry: { kind: 'team.renamed', subject: id, payload: { name } }, result: undefined };
  });
}

/** Its numbers become everybody's. */
export function deleteTeam(deps: TeamsDeps, asker: Principal, id: string): Promise<void> {
  return change(deps, asker, async (tx) => {
    const name = await lockTeam(tx, id);
    const freed = await tx.query<{ e164: string }>(
      'update numbers set team_id = null where tenant_id = $1 and team_id = $2 returning e164',
      [tx.tenantId, id],
    );
    const numbers = freed.map(({ e164 }) => e164);
    await tx.query('delete from teams where tenant_id = $1 and id = $2', [tx.tenantId, id]);
    await redrawThreads(tx, numbers);
    return { entry: { kind: 'team.deleted', subject: id, payload: { name, numbers } }, result: undefined };
  });
}

/** Who is in the team from now on. They see its threads at their next request, and live within five minutes. */
export function setMembers(deps: TeamsDeps, asker: Principal, id: string, wanted: readonly string[]): Promise<void> {
  return change(deps, asker, async (tx) => {
    await lockTeam(tx, id);
    const people = await tx.query<{ user_id: string }>(
      `select user_id from memberships where tenant_id = $1 and user_id = any($2::uuid[]) and removed_at is null
       order by user_id for key share`,
      [tx.tenantId, wanted],
    );
    const userIds = people.map((person) => person.user_id);
    if (userIds.length < new Set(wanted).size) {
      throw new ApiError('invalid_input', {
        details: [{ path: 'userIds', message: 'names somebody who is not here' }],
      });
    }
    const left = await tx.query<{ user_id: string }>(
      `delete from team_members where tenant_id = $1 and team_id = $2 and user_id <> all($3::uuid[]) returning user_id`,
      [tx.tenantId, id, userIds],
    );
    const joined = await tx.query<{ user_id: string }>(
      `insert into team_members (tenant_id, team_id, user_id) select $1, $2, unnest($3::uuid[])
       on conflict do nothing returning user_id`,
      [tx.tenantId, id, userIds],
    );
    const ids = (rows: Array<{ user_id: string }>) => rows.map((row) => row.user_id);
    return {
      entry: { kind: 'team.members_changed', subject: id, payload: { joined: ids(joined), left: ids(left) } },
      result: undefined,
    };
  });
}

/** Every change of who sees what is a line of the ledger, in the same commit. */
function change<Result>(
  deps: TeamsDeps,
  asker: Principal,
  work: (tx: TenantTransaction) => Promise<{ entry: Omit<AuditEntry, 'actor'>; result: Result }>,
): Promise<Result> {
  return deps.database.withTenant(asker.tenantId, async (tx) => {
    const { entry, result } = await work(tx);
    await appendAudit(tx, [{ ...entry, actor: actorOf(asker) }]);
    tx.afterCommit(() => deps.linker.signal(tx.tenantId));
    return result;
  });
}

/** Locks a team's row and returns its name. @throws ApiError not_found */
async function lockTeam(tx: TenantTransaction, id: string): Promise<string> {
  const row = await tx.first<{ name: string }>('select name from teams where tenant_id = $1 and id = $2 for update', [
    tx.tenantId,
    id,
  ]);
  if (row === null) throw new ApiError('not_found');
  return row.name;
}

const UNIQUE_VIOLATION = '23505';

async function refusingTakenName<Result>(work: Promise<Result>): Promise<Result> {
  try {
    return await work;
  } catch (error) {
    if ((error as { code?: string }).code !== UNIQUE_VIOLATION) throw error;
    throw new ApiError('invalid_input', {
      message: 'There is a team of that name already.',
      details: [{ path: 'name', message: 'is taken' }],
    });
  }
}
