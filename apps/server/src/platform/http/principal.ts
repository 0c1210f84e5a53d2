import type { Role } from '@patchline/contracts/roles';

/** Who asks: a person signed in to one tenant, or a program with an API key of it. */
export type Principal = PersonPrincipal | KeyPrincipal;

export interface PersonPrincipal {
  kind: 'person';
  tenantId: string;
  userId: string;
  sessionId: string;
  name: string;
  email: string;
  role: Role;
}

export interface KeyPrincipal {
  kind: 'api_key';
  tenantId: string;
  keyId: string;
  name: string;
  role: Role;
}

/** How the audit ledger and idempotency keys name who acted. */
export function actorOf(principal: Principal): string {
  return principal.kind === 'person' ? `user:${principal.userId}` : `key:${principal.keyId}`;
}
