/** What entries can be about, as one picks it. Values are first parts of the ledger's kinds. */
export const AUDIT_KINDS: Array<{ value: string; label: string }> = [
  { value: '', label: 'Everything' },
  { value: 'person', label: 'People' },
  { value: 'invitation', label: 'Invitations' },
  { value: 'team', label: 'Teams' },
  { value: 'tenant', label: 'The company' },
  { value: 'session', label: 'Signing in' },
  { value: 'sso', label: 'Single sign-on' },
  { value: 'api_key', label: 'API keys' },
  { value: 'number', label: 'Numbers' },
  { value: 'carrier_account', label: 'Carrier accounts' },
  { value: 'contact', label: 'Contacts' },
  { value: 'dnc', label: 'Do not contact' },
  { value: 'conversation', label: 'Conversations' },
  { value: 'lock', label: 'Taking over' },
  { value: 'message', label: 'Single messages' },
];
