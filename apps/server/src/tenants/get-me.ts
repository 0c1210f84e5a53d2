import type { Role } from '@patchline/contracts/roles';
import type { Database } from '../platform/database/doors.ts';
import type { PersonPrincipal } from '../platform/http/principal.ts';
import type { Settings } from '../platform/settings.ts';

export interface Me {
  user: { id: string; email: string; name: string };
  tenant: { id: string; name: string; timeZone: string };
  role: Role;
  hotUrl: string;
  demo: boolean;
  handsetUrl: string | null;
}

/** All that the desk must know before it can show its first screen. */
export async function getMe(
  deps: {
    database: Database;
    settings: Pick<Settings, 'hotPublicUrl' | 'emulatorPublicUrl' | 'emulator'>;
    isDemo(): boolean;
  },
  person: PersonPrincipal,
): Promise<Me> {
  const tenant = await deps.database.withTenant(person.tenantId, (tx) =>
    tx.first<{ name: string; time_zone: string }>('select name, time_zone from tenants where tenant_id = $1', [
      tx.tenantId,
    ]),
  );
  if (tenant === null) throw new Error('A member belongs to a tenant that is not there');
  return {
    user: { id: person.userId, email: person.email, name: person.name },
    tenant: { id: person.tenantId, name: tenant.name, timeZone: tenant.time_zone },
    role: person.role,
    hotUrl: deps.settings.hotPublicUrl,
    demo: deps.isDemo(),
    handsetUrl: handsetUrl(deps.settings),
  };
}

/** The emulator's page of pretend phones; null when it does not run. */
export function handsetUrl(settings: Pick<Settings, 'emulatorPublicUrl' | 'emulator'>): string | null {
  return settings.emulator ? `${settings.emulatorPublicUrl}/handset` : null;
}
