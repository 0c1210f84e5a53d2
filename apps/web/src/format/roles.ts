import type { Role } from '@patchline/contracts/roles';

/** Roles as people read them. */
export const ROLE_WORDS: Record<Role, { label: string; words: string }> = {
  owner: { label: 'Owner', words: 'Everything, including who else is an owner, and single sign-on.' },
  admin: { label: 'Admin', words: 'Runs the company here: people, teams, numbers, keys, and the audit.' },
  supervisor: {
    label: 'Supervisor',
    words: 'Sees every team’s texts, takes threads over, merges and imports contacts.',
  },
  agent: { label: 'Agent', words: 'Answers the texts of their own teams and looks after contacts.' },
};
