import type { Permission } from '@patchline/contracts/permissions';

export interface SettingsPlace {
  to: string;
  label: string;
  /** Who may not do this does not see the page. */
  needs: Permission | null;
}

/** The pages of the settings, in the order in which they stand. */
export const PLACES: ReadonlyArray<{ heading: string; places: readonly SettingsPlace[] }> = [
  {
    heading: 'You',
    places: [
      { to: '/settings/you', label: 'Preferences', needs: null },
      { to: '/settings/security', label: 'Security', needs: null },
    ],
  },
  {
    heading: 'Company',
    places: [
      { to: '/settings/company', label: 'General', needs: 'tenant.settings' },
      { to: '/settings/people', label: 'People', needs: 'people.read' },
      { to: '/settings/teams', label: 'Teams', needs: 'teams.manage' },
      { to: '/settings/numbers', label: 'Numbers', needs: 'carrier_accounts.manage' },
      { to: '/settings/contact-fields', label: 'Contact fields', needs: 'contacts.fields' },
    ],
  },
  {
    heading: 'Access',
    places: [
      { to: '/settings/sso', label: 'Single sign-on', needs: 'sso.manage' },
      { to: '/settings/api-keys', label: 'API keys', needs: 'api_keys.manage' },
      { to: '/settings/audit', label: 'Audit', needs: 'audit.read' },
    ],
  },
];
