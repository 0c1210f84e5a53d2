import type { Role } from '@patchline/contracts/roles';
import type { Database } from '../database/doors.ts';

export interface Membership {
  role: Role;
  /** Ids of the person's teams, sorted. */
  teams: string[];
}

/**
 * Who belongs to which tenant, asked anew for every request: a person who was removed, or whose role changed, is
 * treated so from the next request on.
 */
export interface Memberships {
  /** What a person is in a tenant, or null when they are not, or no longer, a member. */
  membershipOf(userId: string, tenantId: string): Promise<Membership | null>;
  /** The tenant a person joined first, or null. */
  firstTenantOf(userId: string): Promise<string | null>;
}

export function createMemberships(database: Database): Memberships {
  return {
    membershipOf: (userId, tenantId) =>
      database.withTenant(tenantId, (tx) =>
        tx.first<Membership>(
          `select role, array(
             select team_id::text from team_members t where t.tenant_id = m.tenant_id and t.user_id = m.user_id
             order by team_id) as teams
           from memberships m where tenant_id = $1 and user_id = $2 and removed_at is null`,
          [tenantId, userId],
        ),
      ),
    firstTenantOf: (userId) =>
      database.withPlatform(async (tx) => {
        const row = await tx.first<{ tenant_id: string }>(
          'select tenant_id from memberships where user_id = $1 and removed_at is null order by created_at, tenant_id limit 1',
          [userId],
        );
        return row?.tenant_id ?? null;
      }),
  };
}
