/** Roles from the most to the least powerful. A role may do all that the roles after it may. */
export const ROLES = ['owner', 'admin', 'supervisor', 'agent'] as const;

export type Role = (typeof ROLES)[number];

/** Whether `role` is at least as powerful as `needed`. */
export function atLeast(role: Role, needed: Role): boolean {
  return ROLES.indexOf(role) <= ROLES.indexOf(needed);
}
