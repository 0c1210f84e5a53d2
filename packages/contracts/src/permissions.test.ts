import { expect, test } from 'vitest';
import { PERMISSIONS, permissionsOf, roleMay } from './permissions.ts';
import { ROLES } from './roles.ts';

// Written out a second time on purpose: a slip in the table must not be a slip in its test.
const EXPECTED = `
  threads.read             owner admin supervisor agent
  threads.answer           owner admin supervisor agent
  threads.take_over        owner admin supervisor
  threads.all_teams        owner admin supervisor
  contacts.read            owner admin supervisor agent
  contacts.edit            owner admin supervisor agent
  contacts.merge           owner admin supervisor
  contacts.delete          owner admin supervisor
  contacts.import          owner admin supervisor
  contacts.export          owner admin
  contacts.fields          owner admin
  people.read              owner admin supervisor agent
  people.manage            owner admin
  owners.manage            owner
  teams.manage             owner admin
  tenant.read              owner admin supervisor agent
  tenant.settings          owner admin
  sso.manage               owner
  audit.read               owner admin
  api_keys.manage          owner admin
  numbers.read             owner admin supervisor agent
  numbers.manage           owner admin
  carrier_accounts.manage  owner admin
`;

const cells = EXPECTED.trim()
  .split('\n')
  .flatMap((line) => {
    const [permission = '', ...roles] = line.trim().split(/\s+/);
    return ROLES.map((role) => ({ permission, role, may: roles.includes(role) }));
  });

test.each(cells)('$role and $permission: $may', ({ permission, role, may }) => {
  const known = PERMISSIONS.find((one) => one === permission);
  expect(known && roleMay(role, known)).toBe(may);
  expect(permissionsOf(role).includes(permission as never)).toBe(may);
});

test('no permission is left out of this test', () => {
  expect(new Set(cells.map(({ permission }) => permission))).toEqual(new Set(PERMISSIONS));
});
