import type { Contact, ContactField } from '../api/types-contacts.ts';
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
      maxLength={2000}
      value={value === undefined || value === null ? '' : String(value)}
      problem={problem}
      readOnly={readOnly}
      onSave={(next) => store(next === '' ? null : field.type === 'number' ? Number(next) : next)}
      onForget={forget}
    />
  );
}
