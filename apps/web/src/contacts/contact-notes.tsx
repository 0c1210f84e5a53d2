import { Button, Group, Textarea } from '@mantine/core';
import { IconPencil, IconTrash } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { contacts } from '../api/calls-contacts.ts';
import { sentence } from '../api/errors.ts';
import type { ContactNote } from '../api/types-contacts.ts';
import { moment } from '../format/time.ts';
import { useSession } from '../session/session.ts';
import { useMay } from '../session/use-may.ts';
import { Confirm } from '../ui/confirm.tsx';
import { FormNote } from '../ui/form-note.tsx';
import { IconButton } from '../ui/icon-button.tsx';
import { Loaded } from '../ui/loaded.tsx';
import classes from './contact-page.module.css';
import { notesQuery } from './queries.ts';

const LONGEST = 10_000;

/** What the team writes about a contact for itself. */
export function ContactNotes({ contactId, readOnly, now }: { contactId: string; readOnly: boolean; now: number }) {
  const queries = useQueryClient();
  const notes = useQuery(notesQuery(contactId));
  const [leaving, setLeaving] = useState<ContactNote | null>(null);
  const [editing, edit] = useState<string | null>(null);
  const reload = () => queries.invalidateQueries({ queryKey: notesQuery(contactId).queryKey });
  return (
    <section className={classes.card} aria-label="Notes">
      <div className={classes.cardHead}>
        <h2 className={classes.title}>Notes</h2>
      </div>
      {!readOnly && (
        <NoteForm
          label="New note"
          action="Add note"
          start=""
          save={(body) => contacts.addNote(contactId, body)}
          onSaved={reload}
        />
      )}
      <Loaded query={notes} what="The notes">
        {({ items }) =>
          items.length === 0 && readOnly ? (
            <p className={classes.empty}>There are none.</p>
          ) : (
            <ul>
              {items.map((note) =>
                note.id === editing ? (
                  <li key={note.id}>
                    <NoteForm
                      label="Note"
                      action="Save"
                      start={note.body}
                      save={(body) => contacts.changeNote(contactId, note.id, body)}
                      onSaved={() => {
                        edit(null);
                        return reload();
                      }}
                      onCancel={() => edit(null)}
                    />
                  </li>
                ) : (
                  <Note
                    key={note.id}
                    note={note}
                    now={now}
                    readOnly={readOnly}
                    onEdit={() => edit(note.id)}
                    onDelete={() => setLeaving(note)}
                  />
                ),
              )}
            </ul>
          )
        }
      </Loaded>
      {leaving && (
        <Confirm
          title="Delete this note?"
          action="Delete"
          keep="Keep it"
          run={() => contacts.removeNote(contactId, leaving.id)}
          onDone={reload}
          onClose={() => setLeaving(null)}
        >
          Nobody can read it any more.
        </Confirm>
      )}
    </section>
  );
}

interface NoteProps {
  note: ContactNote;
  now: number;
  readOnly: boolean;
  onEdit: () => void;
  onDelete: () => void;
}

function Note({ note, now, readOnly, onEdit, onDelete }: NoteProps) {
  const { me } = useSession();
  const may = useMay();
  const mine = note.author.id === me.user.id || may('contacts.delete');
  return (
    <li className={classes.note}>
      <div className={classes.noteHead}>
        <span className={classes.author}>{note.author.name}</span>
        <time dateTime={note.createdAt}>{moment(Date.parse(note.createdAt), now)}</time>
        {note.updatedAt !== note.createdAt && <span>changed</span>}
        {mine && !readOnly && (
          <span className={classes.noteTools}>
            <IconButton label="Change the note" size={24} onClick={onEdit}>
              <IconPencil size={14} stroke={1.7} />
            </IconButton>
            <IconButton label="Delete the note" size={24} onClick={onDelete}>
              <IconTrash size={14} stroke={1.7} />
            </IconButton>
          </span>
        )}
      </div>
      <p className={classes.body}>{note.body}</p>
    </li>
  );
}

interface FormProps {
  label: string;
  action: string;
  start: string;
  save: (body: string) => Promise<unknown>;
  onSaved: () => unknown;
  onCancel?: () => void;
}

function NoteForm({ label, action, start, save, onSaved, onCancel }: FormProps) {
  const [body, setBody] = useState(start);
  const store = useMutation({
    mutationFn: () => save(body.trim()),
    onSuccess: () => {
      setBody('');
      return onSaved();
    },
  });
  function submit(event?: FormEvent) {
    event?.preventDefault();
    if (body.trim() !== '' && !store.isPending) store.mutate();
  }
  return (
    <form className={classes.form} onSubmit={submit}>
      <Textarea
        aria-label={label}
        placeholder="Only your team reads this"
        autosize
        minRows={2}
        maxRows={10}
        maxLength={LONGEST}
        autoFocus={onCancel !== undefined}
        value={body}
        onChange={(event) => setBody(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) submit();
          if (event.key === 'Escape') onCancel?.();
        }}
      />
      {store.isError && <FormNote>{sentence(store.error)}</FormNote>}
      {(body.trim() !== '' || onCancel) && (
        <Group justify="flex-end" gap={8} mt={8}>
          {onCancel && (
            <Button variant="default" onClick={onCancel}>
              Cancel
            </Button>
          )}
          <Button type="submit" loading={store.isPending} disabled={body.trim() === ''}>
            {action}
          </Button>
        </Group>
      )}
    </form>
  );
}
