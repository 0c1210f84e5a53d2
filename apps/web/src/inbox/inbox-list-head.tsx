import { TextInput } from '@mantine/core';
import { IconPencilPlus, IconSearch, IconX } from '@tabler/icons-react';
import { Link, useNavigate } from '@tanstack/react-router';
import { useEffect, useRef, useState } from 'react';
import type { StatusFilter } from '../api/types.ts';
import { useFrame } from '../shell/frame-context.ts';
import { useShortcuts } from '../shell/use-shortcuts.ts';
import { IconButton } from '../ui/icon-button.tsx';
import classes from './inbox-list-head.module.css';

const FILTERS: ReadonlyArray<{ status: StatusFilter; label: string }> = [
  { status: 'open', label: 'Open' },
  { status: 'closed', label: 'Closed' },
  { status: 'all', label: 'All' },
];
const PAUSE_MS = 200;

interface Props {
  status: StatusFilter;
  search: string;
  count: number;
  more: boolean;
  loaded: boolean;
  /** Whether the list is all there is on the screen. */
  alone: boolean;
}

export function InboxListHead({ status, search, count, more, loaded, alone }: Props) {
  const Heading = alone ? 'h1' : 'h2';
  const navigate = useNavigate();
  const { openNewMessage } = useFrame();
  const [typed, setTyped] = useState(search);
  const field = useRef<HTMLInputElement>(null);
  useShortcuts({ '/': () => field.current?.focus() });

  useEffect(() => setTyped(search), [search]);
  useEffect(() => {
    const q = typed.trim();
    if (q === search) return;
    const timer = setTimeout(() => {
      void navigate({ to: '.', search: (old) => ({ ...old, q: q || undefined }), replace: true });
    }, PAUSE_MS);
    return () => clearTimeout(timer);
  }, [typed, search, navigate]);

  return (
    <div className={classes.head}>
      <div className={classes.title}>
        <Heading className={classes.name}>Inbox</Heading>
        <IconButton label="New message" shortcut="N" onClick={openNewMessage}>
          <IconPencilPlus size={18} stroke={1.7} />
        </IconButton>
      </div>
      <TextInput
        ref={field}
        type="search"
        size="xs"
        className={classes.search}
        aria-label="Search the inbox"
        placeholder="Name, number or words"
        value={typed}
        onChange={(event) => setTyped(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key !== 'Escape') return;
          setTyped('');
          event.currentTarget.blur();
        }}
        leftSection={<IconSearch size={15} stroke={1.7} aria-hidden="true" />}
        rightSectionPointerEvents="all"
        rightSection={
          typed !== '' && (
            <IconButton label="Clear the search" size={24} onClick={() => setTyped('')}>
              <IconX size={14} stroke={1.7} />
            </IconButton>
          )
        }
      />
      <nav className={classes.filters} aria-label="Which conversations">
        {FILTERS.map((filter) => {
          const on = filter.status === status;
          return (
            <Link
              key={filter.status}
              to="."
              search={(old) => ({ ...old, status: filter.status === 'open' ? undefined : filter.status })}
              className={classes.filter}
              aria-current={on ? 'true' : undefined}
              data-on={on || undefined}
            >
              {filter.label}
              {on && loaded && <span className={classes.count}>{`${count}${more ? '+' : ''}`}</span>}
            </Link>
          );
        })}
      </nav>
    </div>
  );
}
