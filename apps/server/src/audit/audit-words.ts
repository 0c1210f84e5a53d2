/** What an entry's payload holds beside the payload's own name, kind, subject and actor. */
type Details = Record<string, unknown>;

/** Each kind of entry in words that follow the name of who acted: “Mei Tanaka removed a person from the company”. */
const WORDS: Record<string, string | ((details: Details) => string)> = {
  'api_key.created': ({ name, role }) => `made the API key “${name}” with the role ${role}`,
  'api_key.revoked': 'revoked an API key',
  'carrier_account.connected': 'connected a carrier account',
  'carrier_account.disconnected': 'disconnected a carrier account',
  'carrier_account.resealed': 'sealed a carrier credential with a new key',
  'carrier_account.rotation_finished': 'dropped the old credential of a carrier account',
  'carrier_account.rotation_started': 'gave a carrier account a new credential',
  'contact_import.ended': ({ name, status, created, updated }) =>
    `imported “${name}”: ${status}, ${created} new, ${updated} changed`,
  'contact_import.started': ({ name }) => `started to import “${name}”`,
  'contact.added': 'added a contact',
  'contact.address_added': ({ added }) => `gave a contact the address ${added}`,
  'contact.address_removed': ({ removed }) => `took the address ${removed} from a contact`,
  'contact.changed': 'changed a contact',
  'contact.deleted': 'deleted a contact',
  'contact.merge_undone': 'undid a merge of contacts',
  'contact.merged': 'merged contacts',
  'contact.renamed': 'renamed a contact',
  'contact.restored': 'brought a deleted contact back',
  'contact_field.added': ({ label }) => `added the contact field “${label}”`,
  'contact_field.changed': ({ key }) => `changed the contact field ${key}`,
  'contact_field.removed': ({ key }) => `removed the contact field ${key}`,
  'contacts.exported': 'exported contacts',
  'conversation.closed': 'closed a conversation',
  'conversation.opened': 'reopened a conversation',
  'dnc.cleared': ({ channel }) => `lifted the do-not-contact flag for ${channel === 'voice' ? 'calls' : 'texts'}`,
  'dnc.set': ({ channel }) => `set the do-not-contact flag for ${channel === 'voice' ? 'calls' : 'texts'}`,
  'lock.taken_over': 'took over a thread',
  'number.changed': 'changed a phone number’s settings',
  'number.connected': ({ e164 }) => `connected the number ${e164}`,
  'number.disconnected': ({ e164 }) => `disconnected the number ${e164}`,
  'number.not_connected': 'tried to connect a number, which did not work',
  'person.added': ({ role }) => `added a person with the role ${role}`,
  'person.invited': ({ email, role }) => `invited ${email} with the role ${role}`,
  'person.invited_again': ({ email }) => `sent the invitation of ${email} again`,
  'person.invitation_withdrawn': ({ email }) => `took back the invitation of ${email}`,
  'person.joined': ({ role }) => `joined with the role ${role}`,
  'person.password_changed': 'changed their password',
  'person.password_reset': 'set a new password by a link sent by e-mail',
  'person.recovery_codes_renewed': 'made new recovery codes',
  'person.sessions_ended': 'signed a person out everywhere',
  'person.signed_in_by_sso': ({ issuer }) => `signed in by single sign-on of ${issuer}`,
  'person.two_factor_dropped': 'switched off the second factor of a person',
  'person.two_factor_off': 'switched off their second factor',
  'person.two_factor_on': 'switched on their second factor',
  'person.removed': ({ role }) => `removed a person who had the role ${role}`,
  'session.ended': 'ended one of their sessions',
  'session.others_ended': 'signed out everywhere else',
  'session.switched': 'switched to this company',
  'sso.added': ({ domain, issuer }) => `set up single sign-on of ${domain} by ${issuer}`,
  'sso.changed': ({ domain }) => `changed the single sign-on of ${domain}`,
  'sso.removed': ({ domain }) => `removed the single sign-on of ${domain}`,
  'team.added': ({ name }) => `made the team “${name}”`,
  'team.deleted': ({ name }) => `deleted the team “${name}”`,
  'team.members_changed': 'changed who is in a team',
  'team.renamed': ({ name }) => `renamed a team to “${name}”`,
  'tenant.changed': 'changed the company’s settings',
  'tenant.created': ({ name }) => `made the company “${name}”`,
  'person.role_changed': ({ before, role }) => `changed a person’s role from ${before} to ${role}`,
};

/** What happened, in words. A kind without words of its own is told by its name. */
export function auditWords(kind: string, details: Details): string {
  const words = WORDS[kind];
  if (typeof words === 'function') return words(details);
  if (words !== undefined) return words;
  const [thing = '', what = ''] = kind.split('.');
  return `${thing.replaceAll('_', ' ')}: ${what.replaceAll('_', ' ')}`;
}
