import { TextInput } from '@mantine/core';
import { IconPencil } from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useRef, useState } from 'react';
import { api } from '../api/calls.ts';
import { sentence } from '../api/errors.ts';
import { phone } from '../format/phone.ts';
import { IconButton } from '../ui/icon-button.tsx';
import classes from './contact-name.module.css';
import { contactQuery } from './use-contact.ts';

const LONGEST_NAME = 200;

interface Props {
  id: string;
  name: string | null;
  address: string;
}

/** The name, edited where it stands: Enter or leaving the field saves, Escape leaves it as it was. */
export function ContactName({ id, name, address }: Props) {
  const queries = useQueryClient();
  const [typed, setTyped] = useState<string | null>(null);
  const leaving = useRef(false);
  // Whoever leaves the field by keyboard finds the focus where it came from.
  const focusBack = useRef(false);

  const rename = useMutation({
    mutationFn: (next: string | null) => api.renameContact(id, next),
    onSuccess: (contact) => {
      queries.setQueryData(contactQuery(id).queryKey, contact);
      void queries.invalidateQueries({ queryKey: ['conversations'] });
      setTyped(null);
    },
  });

  function save(event?: FormEvent) {
    event?.preventDefault();
    if (event) focusBack.current = true;
    if (typed === null || rename.isPending) return;
    const next = typed.trim() || null;
    if (next === name) setTyped(null);
    else rename.mutate(next);
  }

  if (typed === null) {
    return (
      <div className={classes.name}>
        <div className={classes.words}>
          <p className={classes.big}>{name ?? phone(address)}</p>
          {!name && <p className={classes.small}>No name yet</p>}
        </div>
        <IconButton
          autoFocus={focusBack.current}
          label={name ? 'Change the name' : 'Add a name'}
          onClick={() => {
            focusBack.current = false;
            setTyped(name ?? '');
          }}
        >
          <IconPencil size={16} stroke={1.7} />
        </IconButton>
      </div>
    );
  }
  return (
    <form className={classes.form} onSubmit={save}>
      <TextInput
        aria-label="Name"
        size="xs"
        autoFocus
        maxLength={LONGEST_NAME}
        value={typed}
        disabled={rename.isPending}
        error={rename.isError ? sentence(rename.error) : undefined}
        onChange={(event) => setTyped(event.currentTarget.value)}
        onBlur={() => {
          if (!leaving.current) save();
          leaving.current = false;
        }}
        onKeyDown={(event) => {
          if (event.key !== 'Escape') return;
          event.stopPropagation();
          leaving.current = true;
          focusBack.current = true;
          setTyped(null);
        }}
      />
    </form>
  );
}
