import { IconExternalLink } from '@tabler/icons-react';
import type { Contact, ContactField } from '../api/types-contacts.ts';
import classes from './contact-page.module.css';
import { EditChoice } from './edit-choice.tsx';
import { EditText } from './edit-text.tsx';
import { useChange } from './use-change.ts';

const INPUT = { text: 'text', number: 'number', date: 'date', url: 'url' } as const;

interface Props {
  contact: Contact;
  field: ContactField;
  readOnly: boolean;
}

/** A field of the company's own, edited as its type wants it. */
export function CustomField({ contact, field, readOnly }: Props) {
  const { save, problem, forget } = useChange(contact, `custom.${field.key}`);
  const value = contact.custom[field.key];
  const store = (next: unknown) => save({ custom: { [field.key]: next } });
  if (field.type === 'boolean' || field.type === 'choice') {
    const choices =
      field.type === 'boolean'
        ? [
            { value: 'true', label: 'Yes' },
            { value: 'false', label: 'No' },
          ]
        : (field.options ?? []).map((option) => ({ value: option, label: option }));
    return (
      <EditChoice
        label={field.label}
        value={value === undefined || value === null ? '' : String(value)}
        choices={[{ value: '', label: 'Not set' }, ...choices]}
        problem={problem}
        readOnly={readOnly}
        onSave={(next) => store(next === '' ? null : field.type === 'boolean' ? next === 'true' : next)}
      />
    );
  }
  return (
    <EditText
      label={field.label}
      type={INPUT[field.type]}
      placeholder={field.type === 'url' ? 'https://' : undefined}
      rightSection={
        field.type === 'url' && typeof value === 'string' ? <Open label={field.label} url={value} /> : undefined
      }
      maxLength={2000}
      value={value === undefined || value === null ? '' : String(value)}
      problem={problem}
      readOnly={readOnly}
      onSave={(next) => store(next === '' ? null : field.type === 'number' ? Number(next) : next)}
      onForget={forget}
    />
  );
}

/** The server takes web addresses that begin with http alone, so this leads nowhere else. */
function Open({ label, url }: { label: string; url: string }) {
  return (
    <a className={classes.open} href={url} target="_blank" rel="noopener noreferrer" aria-label={`Open ${label}`}>
      <IconExternalLink size={15} stroke={1.7} aria-hidden="true" />
    </a>
  );
}
