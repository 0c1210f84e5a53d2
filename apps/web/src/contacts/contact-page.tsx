import { IconAlertTriangle, IconArrowLeft, IconUserOff } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import { hasCode, sentence } from '../api/errors.ts';
import type { Contact } from '../api/types-contacts.ts';
import { ContactHistory } from '../contact/contact-history.tsx';
import { contactQuery } from '../contact/use-contact.ts';
import { useMay } from '../session/use-may.ts';
import { Avatar } from '../ui/avatar.tsx';
import { StateNote } from '../ui/state-note.tsx';
import { useLate } from '../ui/use-late.ts';
import { useNow } from '../ui/use-now.ts';
import { ContactAddresses } from './contact-addresses.tsx';
import { ContactConversations } from './contact-conversations.tsx';
import { ContactDetails } from './contact-details.tsx';
import { contactTitle } from './contact-names.ts';
import { ContactNotes } from './contact-notes.tsx';
import classes from './contact-page.module.css';
import { DeleteContact, DeletedNote } from './delete-contact.tsx';
import { EditText } from './edit-text.tsx';
import { useChange } from './use-change.ts';

/** All that is known of one contact, changed where it stands. */
export function ContactPage() {
  const { contactId } = useParams({ from: '/desk/contacts/$contactId' });
  const contact = useQuery(contactQuery(contactId));
  const late = useLate(contact.isPending);
  return (
    <main className={classes.page}>
      <Link to="/contacts" className={classes.back}>
        <IconArrowLeft size={16} stroke={1.7} aria-hidden="true" />
        Contacts
      </Link>
      {contact.data ? (
        <Loaded key={contactId} contact={contact.data} />
      ) : contact.isError ? (
        <Failed error={contact.error} again={() => void contact.refetch()} />
      ) : (
        late && (
          <div className={classes.bones} role="status">
            <span className="sr-only">The contact is loading.</span>
          </div>
        )
      )}
    </main>
  );
}

function Failed({ error, again }: { error: unknown; again: () => void }) {
  const gone = hasCode(error, 'not_found') || hasCode(error, 'invalid_input');
  return (
    <>
      <h1 className="sr-only">Contact</h1>
      {gone ? (
        <StateNote icon={<IconUserOff size={20} stroke={1.7} />} title="There is no such contact">
          The address may be mistyped, or it belongs to another company of yours.
        </StateNote>
      ) : (
        <StateNote
          icon={<IconAlertTriangle size={20} stroke={1.7} />}
          tone="error"
          title="The contact did not load"
          action={{ label: 'Try again', onClick: again }}
        >
          {sentence(error)}
        </StateNote>
      )}
    </>
  );
}

function Loaded({ contact }: { contact: Contact }) {
  const now = useNow();
  const may = useMay();
  const readOnly = !may('contacts.edit') || contact.deletedAt !== null || contact.mergedInto !== null;
  return (
    <>
      <div className={classes.head}>
        <Avatar name={contact.name ?? contact.company} seed={contact.id} size={48} />
        <h1 className="sr-only">{contactTitle(contact)}</h1>
        <Name contact={contact} readOnly={readOnly} />
        {may('contacts.delete') && contact.deletedAt === null && contact.mergedInto === null && (
          <DeleteContact contact={contact} />
        )}
      </div>
      <DeletedNote contact={contact} />
      <div className={classes.columns}>
        <div className={classes.column}>
          <ContactAddresses contact={contact} readOnly={readOnly} now={now} />
          <ContactDetails contact={contact} readOnly={readOnly} now={now} />
        </div>
        <div className={classes.column}>
          <ContactNotes contactId={contact.id} readOnly={readOnly} now={now} />
          <ContactConversations contact={contact} now={now} />
          {contact.events.length > 0 && (
            <div className={classes.card}>
              <div className={classes.inset}>
                <ContactHistory events={contact.events} now={now} />
              </div>
            </div>
          )}
        </div>
      </div>
    </>
  );
}

function Name({ contact, readOnly }: { contact: Contact; readOnly: boolean }) {
  const { save, problem, forget } = useChange(contact, 'name');
  return (
    <EditText
      label="Name"
      big
      value={contact.name ?? ''}
      placeholder={contact.company ?? 'No name yet'}
      maxLength={200}
      problem={problem}
      readOnly={readOnly}
      onSave={(name) => save({ name: name || null })}
      onForget={forget}
    />
  );
}
