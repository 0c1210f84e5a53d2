import { roleMay } from '@patchline/contracts/permissions';
import { ROLES, type Role } from '@patchline/contracts/roles';
import type { Auth } from 'convex/server';
import { refusal } from './refusal.ts';

/** Who calls, as their token says. The runtime has verified signature, issuer, audience and expiry. */
export interface Person {
  tenantId: string;
  userId: string;
  role: Role;
  name: string;
  sessionId: string;
  /** The teams whose threads they see, beside those of no team; null: their role sees every team's. */
  teams: readonly string[] | null;
}

/**
 * The signed-in person. Refuses calls without a token, and tokens that are not a person's, such as the server's own.
 *
 * What a query reads of its caller decides with whom its run is shared: tenant and role are read here, so that all agents
 * of a tenant who see the same teams are served by one run; user, name and session are read only where somebody asks for them.
 */
export async function person(auth: Auth): Promise<Person> {
  const identity = await auth.getUserIdentity();
  if (!identity) throw refusal('unauthenticated');
  const { tenant, role } = identity;
  const isRole = ROLES.some((known) => known === role);
  if (!isRole || !filled(tenant)) throw refusal('forbidden');
  return {
    tenantId: tenant,
    role: role as Role,
    get userId() {
      return required(identity.subject);
    },
    get name() {
      return required(identity.name);
    },
    get sessionId() {
      return required(identity.sid);
    },
    get teams() {
      return roleMay(role as Role, 'threads.all_teams') ? null : listed(identity.teams);
    },
  };
}

/** Refuses everybody but the server itself. */
export async function onlyTheServer(auth: Auth): Promise<void> {
  const identity = await auth.getUserIdentity();
  if (!identity) throw refusal('unauthenticated');
  if (identity.subject !== 'service' || identity.role !== 'service') throw refusal('forbidden');
}

function filled(claim: unknown): claim is string {
  return typeof claim === 'string' && claim !== '';
}

/** A token of before there were teams names none: its bearer sees what everybody sees. */
function listed(claim: unknown): string[] {
  return Array.isArray(claim) ? claim.filter(filled) : [];
}

function required(claim: unknown): string {
  if (!filled(claim)) throw refusal('forbidden');
  return claim;
}
