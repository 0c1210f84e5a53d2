import type { ContactField, FoundContact } from '../contacts/index.ts';

export interface ExportedContact extends FoundContact {
  custom: Record<string, unknown>;
}

/** More numbers and addresses than this of one contact are left out of the file. */
const COLUMNS_EACH = 3;

const ADDRESSES = [
  ['sms', 'Phone'],
  ['email', 'E-mail'],
] as const;

/** Headings that an import understands by itself. */
export function exportHeader(fields: readonly ContactField[]): string[] {
  const addresses = ADDRESSES.flatMap(([, heading]) =>
    Array.from({ length: COLUMNS_EACH }, (_, i) => (i === 0 ? heading : `${heading} ${i + 1}`)),
  );
  return ['Name', 'Type', 'Company', 'Owner', 'Tags', ...addresses, ...fields.map(({ key }) => key)];
}

export function exportRow(contact: ExportedContact, fields: readonly ContactField[], owner: string): string[] {
  const addresses = ADDRESSES.flatMap(([channel]) => {
    const mine = contact.addresses.filter((address) => address.channel === channel);
    return Array.from({ length: COLUMNS_EACH }, (_, i) => mine[i]?.address ?? '');
  });
  return [
    contact.name ?? '',
    contact.type,
    contact.company ?? '',
    owner,
    contact.tags.join(', '),
    ...addresses,
    ...fields.map(({ key }) => textOf(contact.custom[key])),
  ];
}

function textOf(value: unknown): string {
  if (value === undefined || value === null) return '';
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  return String(value);
}
