import type { Role } from '@patchline/contracts/roles';
import type { Database } from '../database/doors.ts';

/**
 * Who belongs to which tenant, asked anew for every request: a person who was removed, or whose role changed, is
 * treated so from the next request on.
 */
export interface Memberships {
  /** The role of a person in a tenant, or null when they are not, or no longer, a member. */
  roleOf(userId: string, tenantId: string): Promise<Role | null>;
  /** The tenant a person joined first, or null. */
  firstTenantOf(userId: string): Promise<string | null>;
}

export function createMemberships(database: Database): Memberships {
  return {
    roleOf: (userId, tenantId) =>
      database.withTenant(tenantId, async (tx) => {
        const row = await tx.first<{ role: Role }>(
          'select role from memberships where tenant_id = $1 and user_id = $2 and removed_at is null',
          [tenantId, userId],
        );
        return row?.role ?? null;
      }),
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
