import { ROLES, type Role } from './roles.ts';

interface About {
  /** The least powerful role that has it; the roles above have it too. */
  from: Role;
  /** What it lets somebody do, as a person reads it. */
  words: string;
  /** Under which heading it stands where permissions are listed. */
  group: string;
}

/** What may be done in a tenant, and by whom: the only place that says so. docs/permissions.md is made from it. */
const TABLE = {
  'threads.read': { from: 'agent', group: 'Texts', words: 'Read the conversations of one’s own teams' },
  'threads.answer': { from: 'agent', group: 'Texts', words: 'Send texts, close and reopen conversations' },
  'threads.take_over': {
    from: 'supervisor',
    group: 'Texts',
    words: 'Take over a thread that somebody else is answering',
  },
  'threads.all_teams': { from: 'supervisor', group: 'Texts', words: 'See the conversations of every team' },
  'contacts.read': { from: 'agent', group: 'Contacts', words: 'Find and read contacts' },
  'contacts.edit': { from: 'agent', group: 'Contacts', words: 'Add and change contacts, their notes and tags' },
  'contacts.merge': { from: 'supervisor', group: 'Contacts', words: 'Merge duplicates, and undo it' },
  'contacts.delete': { from: 'supervisor', group: 'Contacts', words: 'Delete contacts, and bring them back' },
  'contacts.import': { from: 'supervisor', group: 'Contacts', words: 'Import contacts from files' },
  'contacts.export': { from: 'admin', group: 'Contacts', words: 'Export contacts to a file' },
  'contacts.fields': { from: 'admin', group: 'Contacts', words: 'Decide which fields contacts have' },
  'people.read': { from: 'agent', group: 'Company', words: 'See who works here' },
  'people.manage': { from: 'admin', group: 'Company', words: 'Invite and remove people, and change their roles' },
  'owners.manage': {
    from: 'owner',
    group: 'Company',
    words: 'Make and unmake owners, and switch off a lost second factor',
  },
  'teams.manage': { from: 'admin', group: 'Company', words: 'Make teams and decide who is in them' },
  'tenant.read': { from: 'agent', group: 'Company', words: 'Read the company’s settings' },
  'tenant.settings': { from: 'admin', group: 'Company', words: 'Change the company’s settings' },
  'sso.manage': { from: 'owner', group: 'Company', words: 'Set up single sign-on' },
  'audit.read': { from: 'admin', group: 'Company', words: 'Search the audit ledger' },
  'api_keys.manage': { from: 'admin', group: 'Technical', words: 'Make and revoke API keys' },
  'numbers.read': { from: 'agent', group: 'Technical', words: 'See the company’s phone numbers' },
  'numbers.manage': { from: 'admin', group: 'Technical', words: 'Change how phone numbers behave' },
  'carrier_accounts.manage': { from: 'admin', group: 'Technical', words: 'Connect carrier accounts and their numbers' },
} as const satisfies Record<string, About>;

export type Permission = keyof typeof TABLE;

export const PERMISSIONS = Object.keys(TABLE) as [Permission, ...Permission[]];

export function aboutPermission(permission: Permission): About {
  return TABLE[permission];
}

export function isPermission(name: string | undefined): name is Permission {
  return name !== undefined && Object.hasOwn(TABLE, name);
}

/** Whether a role has a permission. */
export function roleMay(role: Role, permission: Permission): boolean {
  return ROLES.indexOf(role) <= ROLES.indexOf(TABLE[permission].from);
}

/** All permissions of a role, in the order of the table. */
export function permissionsOf(role: Role): Permission[] {
  return PERMISSIONS.filter((permission) => roleMay(role, permission));
}
