import { Button, NativeSelect, TextInput } from '@mantine/core';
import { IconSearch } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useEffect, useRef, useState } from 'react';
import type { ContactFilter } from '../api/types-contacts.ts';
import { useShortcuts } from '../shell/use-shortcuts.ts';
import { focusRow } from './contact-rows.tsx';
import { isNarrowed } from './contact-search.ts';
import classes from './contacts-page.module.css';
import { ownersQuery, tagsQuery } from './queries.ts';

const PAUSE_MS = 120;

/** The words and what the list is narrowed to; all of it goes into the address. */
export function ContactFilters({ filter }: { filter: ContactFilter }) {
  const navigate = useNavigate();
  const tags = useQuery(tagsQuery).data?.items ?? [];
  const owners = useQuery(ownersQuery).data?.items ?? [];
  const asked = filter.q ?? '';
  const [typed, setTyped] = useState(asked);
  const field = useRef<HTMLInputElement>(null);
  useShortcuts({ '/': () => field.current?.focus() });

  const sent = useRef(asked);
  useEffect(() => {
    // Back and forward change the address; what this field put there itself must not overtake who types on.
    if (asked !== sent.current) setTyped(asked);
    sent.current = asked;
  }, [asked]);
  useEffect(() => {
    const q = typed.trim();
    if (q === sent.current) return;
    const timer = setTimeout(() => {
      sent.current = q;
      void navigate({ to: '/contacts', search: (old) => ({ ...old, q: q || undefined }), replace: true });
    }, PAUSE_MS);
    return () => clearTimeout(timer);
  }, [typed, navigate]);

  const set = (change: ContactFilter) => void navigate({ to: '/contacts', search: (old) => ({ ...old, ...change }) });

  return (
    <search className={classes.filters}>
      <TextInput
        ref={field}
        className={classes.words}
        type="search"
        size="xs"
        aria-label="Search contacts"
        placeholder="Name, company, number or e-mail"
        maxLength={200}
        leftSection={<IconSearch size={15} stroke={1.7} aria-hidden="true" />}
        value={typed}
        onChange={(event) => setTyped(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key === 'Escape') setTyped('');
          if (event.key !== 'ArrowDown') return;
          event.preventDefault();
          focusRow(0);
        }}
      />
      <NativeSelect
        className={classes.narrow}
        size="xs"
        aria-label="Type"
        value={filter.type ?? ''}
        onChange={(event) => set({ type: (event.currentTarget.value || undefined) as ContactFilter['type'] })}
        data={[
          { value: '', label: 'Any type' },
          { value: 'lead', label: 'Leads' },
          { value: 'customer', label: 'Customers' },
        ]}
      />
      <NativeSelect
        className={classes.narrow}
        size="xs"
        aria-label="Tag"
        value={filter.tag ?? ''}
        onChange={(event) => set({ tag: event.currentTarget.value || undefined })}
        data={[
          { value: '', label: 'Any tag' },
          ...withChosen(
            tags.map(({ name }) => ({ value: name, label: name })),
            filter.tag,
          ),
        ]}
      />
      <NativeSelect
        className={classes.narrow}
        size="xs"
        aria-label="Owner"
        value={filter.owner ?? ''}
        onChange={(event) => set({ owner: event.currentTarget.value || undefined })}
        data={[
          { value: '', label: 'Any owner' },
          ...withChosen(
            owners.map(({ id, name }) => ({ value: id, label: name })),
            filter.owner,
          ),
        ]}
      />
      {isNarrowed(filter) && (
        <Button
          variant="subtle"
          onClick={() => {
            setTyped('');
            sent.current = '';
            void navigate({ to: '/contacts', search: {} });
          }}
        >
          Show all
        </Button>
      )}
    </search>
  );
}

/** The choices with what is chosen among them, also while they load or when nobody has it any more. */
function withChosen(choices: Array<{ value: string; label: string }>, chosen: string | undefined) {
  const known = chosen === undefined || choices.some(({ value }) => value.toLowerCase() === chosen.toLowerCase());
  return known ? choices : [...choices, { value: chosen, label: chosen }];
}
