import { type Permission, permissionsOf } from '@patchline/contracts/permissions';
import type { Role } from '@patchline/contracts/roles';
import type { SecondFactors } from '../platform/auth/second-factors.ts';
import type { Database } from '../platform/database/doors.ts';
import type { PersonPrincipal } from '../platform/http/principal.ts';
import type { Settings } from '../platform/settings.ts';
import { ownsInstallation } from './create-tenant.ts';
import { listMyTenants, type MyTenant } from './my-tenants.ts';

export interface Me {
  user: { id: string; email: string; name: string };
  tenant: { id: string; name: string; timeZone: string };
  role: Role;
  /** Every tenant the person belongs to. */
  tenants: MyTenant[];
  permissions: Permission[];
  /** May make further tenants. */
  installationOwner: boolean;
  branding: { accent: string | null };
  twoFactor: boolean;
  hotUrl: string;
  demo: boolean;
  handsetUrl: string | null;
}

/** All that the desk must know before it can show its first screen. */
export async function getMe(
  deps: {
    database: Database;
    secondFactors: Pick<SecondFactors, 'having'>;
    settings: Pick<Settings, 'hotPublicUrl' | 'emulatorPublicUrl' | 'emulator'>;
    isDemo(): boolean;
  },
  person: PersonPrincipal,
): Promise<Me> {
  const tenant = await deps.database.withTenant(person.tenantId, (tx) =>
    tx.first<{ name: string; time_zone: string; accent: string | null }>(
      'select name, time_zone, accent from tenants where tenant_id = $1',
      [tx.tenantId],
    ),
  );
  if (tenant === null) throw new Error('A member belongs to a tenant that is not there');
  return {
    user: { id: person.userId, email: person.email, name: person.name },
    tenant: { id: person.tenantId, name: tenant.name, timeZone: tenant.time_zone },
    role: person.role,
    tenants: await listMyTenants(deps.database, person.userId),
    permissions: permissionsOf(person.role),
    installationOwner: await deps.database.withPlatform((tx) => ownsInstallation(tx, person.userId)),
    branding: { accent: tenant.accent },
    twoFactor: (await deps.secondFactors.having([person.userId])).size > 0,
    hotUrl: deps.settings.hotPublicUrl,
    demo: deps.isDemo(),
    handsetUrl: handsetUrl(deps.settings),
  };
}

/** The emulator's page of pretend phones; null when it does not run. */
export function handsetUrl(settings: Pick<Settings, 'emulatorPublicUrl' | 'emulator'>): string | null {
  return settings.emulator ? `${settings.emulatorPublicUrl}/handset` : null;
}
