import { TagsInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import type { Contact, ContactType } from '../api/types-contacts.ts';
import { longDate } from '../format/time.ts';
import classes from './contact-page.module.css';
import { CustomField } from './custom-field.tsx';
import edit from './edit.module.css';
import { EditChoice } from './edit-choice.tsx';
import { EditText } from './edit-text.tsx';
import { fieldsQuery, ownersQuery, tagsQuery } from './queries.ts';
import { useChange } from './use-change.ts';

interface Props {
  contact: Contact;
  readOnly: boolean;
}

/** Company, type, owner, tags and the company's own fields. */
export function ContactDetails({ contact, readOnly, now }: Props & { now: number }) {
  const fields = useQuery(fieldsQuery).data?.items ?? [];
  return (
    <section className={classes.card} aria-label="Details">
      <div className={classes.cardHead}>
        <h2 className={classes.title}>Details</h2>
      </div>
      <div className={classes.fields}>
        <Labelled label="Company">
          <Company contact={contact} readOnly={readOnly} />
        </Labelled>
        <Labelled label="Type">
          <Type contact={contact} readOnly={readOnly} />
        </Labelled>
        <Labelled label="Owner">
          <Owner contact={contact} readOnly={readOnly} />
        </Labelled>
        <Labelled label="Tags">
          <Tags contact={contact} readOnly={readOnly} />
        </Labelled>
        {fields.map((field) => (
          <Labelled key={field.id} label={field.label}>
            <CustomField contact={contact} field={field} readOnly={readOnly} />
          </Labelled>
        ))}
        <Labelled label="Known since">
          <p className={classes.plain}>{longDate(Date.parse(contact.createdAt), now)}</p>
        </Labelled>
      </div>
    </section>
  );
}

/** The words are the field's name, too: each control carries them as its label. */
function Labelled({ label, children }: { label: string; children: ReactNode }) {
  return (
    <>
      <span className={classes.label} aria-hidden="true">
        {label}
      </span>
      {children}
    </>
  );
}

function Company({ contact, readOnly }: Props) {
  const { save, problem, forget } = useChange(contact, 'company');
  return (
    <EditText
      label="Company"
      placeholder={readOnly ? 'None' : 'Add a company'}
      value={contact.company ?? ''}
      maxLength={200}
      problem={problem}
      readOnly={readOnly}
      onSave={(company) => save({ company: company || null })}
      onForget={forget}
    />
  );
}

function Type({ contact, readOnly }: Props) {
  const { save, problem } = useChange(contact, 'type');
  return (
    <EditChoice
      label="Type"
      value={contact.type}
      choices={[
        { value: 'lead', label: 'Lead' },
        { value: 'customer', label: 'Customer' },
      ]}
      problem={problem}
      readOnly={readOnly}
      onSave={(type) => save({ type: type as ContactType })}
    />
  );
}

function Owner({ contact, readOnly }: Props) {
  const { save, problem } = useChange(contact, 'ownerId');
  const people = useQuery(ownersQuery).data?.items ?? [];
  const known = contact.owner === null || people.some(({ id }) => id === contact.owner?.id);
  const choices = [
    { value: '', label: 'Nobody' },
    ...people.map(({ id, name }) => ({ value: id, label: name })),
    ...(known || contact.owner === null
      ? []
      : [{ value: contact.owner.id, label: contact.owner.name || 'Somebody who left' }]),
  ];
  return (
    <EditChoice
      label="Owner"
      value={contact.owner?.id ?? ''}
      choices={choices}
      problem={problem}
      readOnly={readOnly}
      onSave={(id) => save({ ownerId: id || null })}
    />
  );
}

function Tags({ contact, readOnly }: Props) {
  const { save, problem } = useChange(contact, 'tags');
  const known = useQuery(tagsQuery).data?.items ?? [];
  return (
    <TagsInput
      aria-label="Tags"
      variant="unstyled"
      size="xs"
      className={edit.field}
      classNames={{ input: edit.pills, pill: edit.pill }}
      placeholder={contact.tags.length === 0 ? (readOnly ? 'None' : 'Add a tag') : undefined}
      readOnly={readOnly}
      value={contact.tags}
      data={known.map(({ name }) => name).filter((name) => !contact.tags.includes(name))}
      limit={8}
      maxTags={50}
      maxLength={40}
      acceptValueOnBlur
      error={problem}
      onChange={(tags) => save({ tags })}
    />
  );
}
