import { expect, test } from 'vitest';
import { atLeast, ROLES } from './roles.ts';

test('a role may do what the roles after it may, and nothing of those before it', () => {
  for (const [i, role] of ROLES.entries()) {
    for (const [j, needed] of ROLES.entries()) expect(atLeast(role, needed)).toBe(i <= j);
  }
  expect(atLeast('agent', 'supervisor')).toBe(false);
  expect(atLeast('owner', 'agent')).toBe(true);
});
