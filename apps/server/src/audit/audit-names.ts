import type { SignIn } from '../platform/auth/sign-in.ts';
import { type Database, isUuid } from '../platform/database/doors.ts';

interface Deps {
  database: Database;
  signIn: Pick<SignIn, 'people'>;
}

/** Who of the tenant, now or earlier, has these letters in their name or e-mail. */
export async function peopleCalled(deps: Deps, tenantId: string, letters: string): Promise<string[]> {
  const members = await deps.database.withTenant(tenantId, (tx) =>
    tx.query<{ user_id: string }>('select user_id from memberships where tenant_id = $1', [tenantId]),
  );
  const people = await deps.signIn.people(members.map((member) => member.user_id));
  const wanted = letters.toLowerCase();
  return [...people].flatMap(([id, { name, email }]) =>
    `${name} ${email}`.toLowerCase().includes(wanted) ? [id] : [],
  );
}

/** The names of all people, keys, contacts and numbers that entries speak of, by id. */
export async function namesOf(
  deps: Deps,
  tenantId: string,
  entries: ReadonlyArray<{ actor: string; subject: string }>,
): Promise<Map<string, string>> {
  const ids = [
    ...new Set(entries.flatMap(({ actor, subject }) => [actor.slice(actor.indexOf(':') + 1), subject]).filter(isUuid)),
  ];
  const ours = await deps.database.withTenant(tenantId, (tx) =>
    tx.query<{ id: string; name: string; person: boolean }>(
      `select id, name, false as person from api_keys where tenant_id = $1 and id = any($2)
       union all select id, name, false from contacts where tenant_id = $1 and id = any($2) and name is not null
       union all select id, name, false from numbers where tenant_id = $1 and id = any($2)
       union all select user_id, '', true from memberships where tenant_id = $1 and user_id = any($2)`,
      [tenantId, ids],
    ),
  );
  // Only of members: an id in a payload must not tell the name of another company's person.
  const people = await deps.signIn.people(ours.filter(({ person }) => person).map(({ id }) => id));
  return new Map([
    ...ours.filter(({ person }) => !person).map(({ id, name }) => [id, name] as const),
    ...[...people].map(([id, { name }]) => [id, name] as const),
  ]);
}
