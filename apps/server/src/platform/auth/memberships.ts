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
  /**
   * The tenant a person joined first of those that take a password from them, `sso_required` when they are in none but
   * others, and null when they are in none at all. Owners may always give a password: who else could mend a provider
   * that is down?
   */
  firstTenantOf(userId: string, email: string): Promise<string | 'sso_required' | null>;
  /** Whether a tenant takes a password from a person of it. */
  takesPassword(userId: string, email: string, tenantId: string): Promise<boolean>;
}

export function createMemberships(database: Database): Memberships {
  const openness = (userId: string, email: string) =>
    database.withPlatform((tx) =>
      tx.query<{ id: string; open: boolean }>(
        `select m.tenant_id as id, m.role = 'owner' or not exists (
           select 1 from sso_providers p where p.tenant_id = m.tenant_id and p.required and p.domain = $2) as open
         from memberships m where m.user_id = $1 and m.removed_at is null order by m.created_at, m.tenant_id`,
        [userId, email.slice(email.lastIndexOf('@') + 1)],
      ),
    );
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
    async firstTenantOf(userId, email) {
      const tenants = await openness(userId, email);
      return tenants.find((tenant) => tenant.open)?.id ?? (tenants.length > 0 ? 'sso_required' : null);
    },
    async takesPassword(userId, email, tenantId) {
      return (await openness(userId, email)).some((tenant) => tenant.id === tenantId && tenant.open);
    },
  };
}
