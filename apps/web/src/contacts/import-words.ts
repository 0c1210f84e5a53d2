import type { ContactField, ContactImport, ImportStatus } from '../api/types-contacts.ts';
import type { Tone } from '../ui/chip.tsx';

export const STATUS_WORDS: Record<ImportStatus, string> = {
  uploaded: 'Not started',
  checking: 'Checking',
  checked: 'Checked',
  importing: 'Importing',
  done: 'Done',
  canceled: 'Stopped',
  failed: 'Failed',
};

export function isRunning({ status }: Pick<ContactImport, 'status'>): boolean {
  return status === 'checking' || status === 'importing';
}

export function statusTone({ status, rows }: ContactImport): Tone {
  if (status === 'failed') return 'red';
  if (status === 'done') return rows.failed > 0 ? 'ochre' : 'green';
  return status === 'checking' || status === 'importing' ? 'accent' : 'plain';
}

/** What became of the rows, or what would become of them, as one sentence. */
export function rowWords({ rows, status }: ContactImport): string {
  const trial = status === 'checking' || status === 'checked';
  const parts = [
    `${rows.created.toLocaleString()} ${trial ? 'would be new' : 'new'}`,
    `${rows.updated.toLocaleString()} ${trial ? 'would change' : 'changed'}`,
    ...(rows.unchanged > 0 ? [`${rows.unchanged.toLocaleString()} as they were`] : []),
    ...(rows.failed > 0 ? [`${rows.failed.toLocaleString()} with a mistake`] : []),
  ];
  return `${rows.done.toLocaleString()} rows: ${parts.join(', ')}`;
}

const TARGETS = [
  { value: 'name', label: 'Name' },
  { value: 'phone', label: 'Phone number' },
  { value: 'email', label: 'E-mail address' },
  { value: 'company', label: 'Company' },
  { value: 'type', label: 'Type (lead or customer)' },
  { value: 'owner', label: 'Owner (their e-mail)' },
  { value: 'tags', label: 'Tags' },
  { value: 'note', label: 'Note' },
];

/** What a column can mean. */
export function targetChoices(fields: readonly ContactField[]) {
  const own = fields.map(({ key, label }) => ({ value: `field:${key}`, label }));
  return [
    { value: '', label: 'Leave out' },
    ...TARGETS,
    ...(own.length > 0 ? [{ group: 'Your fields', items: own }] : []),
  ];
}
