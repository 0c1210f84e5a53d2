import { Button } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { contacts } from '../api/calls-contacts.ts';
import { sentence } from '../api/errors.ts';
import type { Contact } from '../api/types-contacts.ts';
import { useMay } from '../session/use-may.ts';
import { FormNote } from '../ui/form-note.tsx';
import { contactTitle } from './contact-names.ts';
import classes from './contact-page.module.css';
import { contactsChanged } from './queries.ts';
import { offerUndo } from './undo.tsx';

/** Deletes at once, and offers to bring it back. */
export function DeleteContact({ contact }: { contact: Contact }) {
  const queries = useQueryClient();
  const navigate = useNavigate();
  const remove = useMutation({
    mutationFn: () => contacts.remove(contact.id),
    onSuccess: async () => {
      await navigate({ to: '/contacts' });
      void contactsChanged(queries);
      offerUndo(`${contactTitle(contact)} is deleted.`, async () => {
        await contacts.restore(contact.id);
        await contactsChanged(queries);
      });
    },
    onError: (error) =>
      notifications.show({ color: 'red', title: 'The contact is not deleted', message: sentence(error) }),
  });
  return (
    <Button variant="subtle" c="var(--red)" loading={remove.isPending} onClick={() => remove.mutate()}>
      Delete
    </Button>
  );
}

/** What stands above a contact that is not in lists any more, and the way back. */
export function DeletedNote({ contact }: { contact: Contact }) {
  const queries = useQueryClient();
  const may = useMay();
  const restore = useMutation({
    mutationFn: () => contacts.restore(contact.id),
    onSuccess: () => contactsChanged(queries),
  });
  if (contact.mergedInto !== null) {
    return (
      <p className={classes.gone}>
        This contact became part of another one.
        <Link to="/contacts/$contactId" params={{ contactId: contact.mergedInto }}>
          Open that one
        </Link>
      </p>
    );
  }
  if (contact.deletedAt === null) return null;
  return (
    <div className={classes.gone}>
      This contact is deleted. It comes back by itself when the person writes again.
      {may('contacts.delete') && (
        <Button variant="default" loading={restore.isPending} onClick={() => restore.mutate()}>
          Bring it back
        </Button>
      )}
      {restore.isError && <FormNote>{sentence(restore.error)}</FormNote>}
    </div>
  );
}
