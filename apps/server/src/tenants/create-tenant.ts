import type { Transaction } from '../platform/database/doors.ts';

export interface NewTenant {
  id: string;
  name: string;
  /** IANA name, for example America/Denver. */
  timeZone: string;
  ownerId: string;
}

/** Makes a tenant with its first owner, by the platform door or its own. Doing it again with the same ids changes nothing. */
export async function createTenant(tx: Transaction, tenant: NewTenant): Promise<void> {
  await tx.query('insert into tenants (tenant_id, name, time_zone) values ($1, $2, $3) on conflict do nothing', [
    tenant.id,
    tenant.name,
    tenant.timeZone,
  ]);
  await tx.query(`insert into memberships (tenant_id, user_id, role) values ($1, $2, 'owner') on conflict do nothing`, [
    tenant.id,
    tenant.ownerId,
  ]);
}

/** Makes a person an owner of the installation, who may make tenants. Doing it again changes nothing. */
export async function ownInstallation(tx: Transaction, userId: string): Promise<void> {
  await tx.query('insert into installation_owners (user_id) values ($1) on conflict do nothing', [userId]);
}

export async function ownsInstallation(tx: Transaction, userId: string): Promise<boolean> {
  return (await tx.first('select 1 from installation_owners where user_id = $1', [userId])) !== null;
}

/** Whether this installation has a tenant at all. */
export async function hasTenant(tx: Transaction): Promise<boolean> {
  return (await tx.first('select 1 from tenants limit 1')) !== null;
}
