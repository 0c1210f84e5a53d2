/** Ids of the teams whose threads somebody sees, beside those of no team; null: every team's. */
export type SeenTeams = readonly string[] | null;

/**
 * An SQL condition: `ourAddress` is not the number of a team that the asker does not see. Numbers without a team are
 * everybody's. `teams` is the parameter of teamsSeenBy(): uuid[], or null for who sees every team; `$1` is the tenant.
 *
 * The hidden numbers are looked up once a statement, not once a row.
 */
export function visibleThread(ourAddress: string, teams: `$${number}`): string {
  return `${ourAddress} <> all (array(
    select hidden.e164 from numbers hidden
    where hidden.tenant_id = $1 and hidden.team_id is not null and hidden.team_id <> all (${teams}::uuid[])))`;
}
