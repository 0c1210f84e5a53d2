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
}

/** The signed-in person. Refuses calls without a token, and tokens that are not a person's, such as the server's own. */
export async function person(auth: Auth): Promise<Person> {
  const identity = await auth.getUserIdentity();
  if (!identity) throw refusal('unauthenticated');
  const { subject, tenant, role, name, sid } = identity;
  const isRole = ROLES.some((known) => known === role);
  if (!isRole || !filled(tenant) || !filled(subject) || !filled(name) || !filled(sid)) throw refusal('forbidden');
  return { tenantId: tenant, userId: subject, role: role as Role, name, sessionId: sid };
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
