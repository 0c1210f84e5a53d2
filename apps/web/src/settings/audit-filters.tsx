import { Button, NativeSelect, TextInput } from '@mantine/core';
import { useDebouncedCallback } from '@mantine/hooks';
import { IconSearch } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import classes from './audit.module.css';
import { AUDIT_KINDS } from './audit-kinds.ts';
import type { AuditSearch } from './audit-search.ts';
import { peopleQuery } from './people-queries.ts';

const TYPING_MS = 250;

export function AuditFilters() {
  const search: AuditSearch = useSearch({ from: '/desk/settings/audit' });
  const navigate = useNavigate();
  const everybody = useQuery(peopleQuery);
  const [words, setWords] = useState(search.q ?? '');
  const set = (change: AuditSearch) =>
    void navigate({ to: '/settings/audit', search: (before) => ({ ...before, ...change }), replace: true });
  const setLater = useDebouncedCallback((q: string) => set({ q: q.trim() || undefined }), TYPING_MS);
  const narrowed = Object.values(search).some((value) => value !== undefined);

  return (
    <search className={classes.filters}>
      <TextInput
        className={classes.words}
        type="search"
        label="Words"
        placeholder="A name, a number, an IP address"
        leftSection={<IconSearch size={16} stroke={1.7} aria-hidden="true" />}
        maxLength={200}
        value={words}
        onChange={(event) => {
          setWords(event.currentTarget.value);
          setLater(event.currentTarget.value);
        }}
      />
      <NativeSelect
        label="About"
        value={search.kind ?? ''}
        onChange={(event) => set({ kind: event.currentTarget.value || undefined })}
        data={AUDIT_KINDS}
      />
      <NativeSelect
        label="By"
        value={search.actor ?? ''}
        onChange={(event) => set({ actor: event.currentTarget.value || undefined })}
        data={[
          { value: '', label: 'Anybody' },
          ...(everybody.data?.items ?? []).map(({ id, name }) => ({ value: `user:${id}`, label: name })),
          { value: 'system', label: 'Patchline itself' },
        ]}
      />
      <TextInput
        type="date"
        label="From"
        max={search.to}
        value={search.from ?? ''}
        onChange={(event) => set({ from: event.currentTarget.value || undefined })}
      />
      <TextInput
        type="date"
        label="To"
        min={search.from}
        value={search.to ?? ''}
        onChange={(event) => set({ to: event.currentTarget.value || undefined })}
      />
      {narrowed && (
        <Button
          variant="subtle"
          onClick={() => {
            setWords('');
            set({ q: undefined, kind: undefined, actor: undefined, from: undefined, to: undefined });
          }}
        >
          Show all
        </Button>
      )}
    </search>
  );
}
