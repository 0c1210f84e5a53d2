import { type Permission, roleMay } from '@patchline/contracts/permissions';
import type { Role } from '@patchline/contracts/roles';
import type { Actor, Where } from '../audit/append.ts';
import type { SeenTeams } from '../database/visible-threads.ts';

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
  /** Ids of their teams, sorted. */
  teams: readonly string[];
  where: Where | null;
}

export interface KeyPrincipal {
  kind: 'api_key';
  tenantId: string;
  keyId: string;
  name: string;
  role: Role;
  /** What it may do of what its role may; null: all of that. */
  scopes: readonly Permission[] | null;
  where: Where | null;
}

/** Whether somebody has a permission: by their role, and an API key also by its scopes. */
export function may(principal: Principal, permission: Permission): boolean {
  if (!roleMay(principal.role, permission)) return false;
  return principal.kind === 'person' || principal.scopes === null || principal.scopes.includes(permission);
}

/** The teams whose threads somebody sees, beside those of no team; null: every team's. A key is in no team. */
export function teamsSeenBy(principal: Principal): SeenTeams {
  if (may(principal, 'threads.all_teams')) return null;
  return principal.kind === 'person' ? principal.teams : [];
}

/** How the audit ledger names who acted, and from where. */
export function actorOf(principal: Principal): Actor {
  return { name: actorName(principal), where: principal.where };
}

/** `user:…` or `key:…`. */
export function actorName(principal: Principal): string {
  return principal.kind === 'person' ? `user:${principal.userId}` : `key:${principal.keyId}`;
}
