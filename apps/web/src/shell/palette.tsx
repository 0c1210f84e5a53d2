import { useMantineColorScheme } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { Spotlight } from '@mantine/spotlight';
import {
  IconAddressBook,
  IconAdjustmentsHorizontal,
  IconInbox,
  IconKeyboard,
  IconLogout,
  IconMoon,
  IconPencilPlus,
  IconSearch,
  IconSun,
} from '@tabler/icons-react';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { type ReactNode, useEffect, useState } from 'react';
import { api } from '../api/calls.ts';
import { callName, phone } from '../format/phone.ts';
import { leave } from '../session/leave.ts';
import { Avatar } from '../ui/avatar.tsx';
import { useFrame } from './frame-context.ts';
import classes from './palette.module.css';
import { markFirst, paletteStore } from './palette-store.ts';

const MOST_FOUND = 6;
const ICON = { size: 18, stroke: 1.7, 'aria-hidden': true } as const;

interface Action {
  id: string;
  label: string;
  icon: ReactNode;
  run: () => void;
}

/** Ctrl-K: people by name or number, places, actions. */
export function Palette() {
  const navigate = useNavigate();
  const { openHelp, openNewMessage } = useFrame();
  const { setColorScheme } = useMantineColorScheme();
  const [query, setQuery] = useState('');
  const [search] = useDebouncedValue(query.trim(), 150);

  const found = useQuery({
    queryKey: ['palette', search],
    queryFn: ({ signal }) => api.conversations({ status: 'all', q: search, limit: MOST_FOUND }, signal),
    enabled: search.length >= 2,
    placeholderData: keepPreviousData,
  });

  const actions: Action[] = [
    { id: 'inbox', label: 'Inbox', icon: <IconInbox {...ICON} />, run: () => void navigate({ to: '/inbox' }) },
    {
      id: 'contacts',
      label: 'Contacts',
      icon: <IconAddressBook {...ICON} />,
      run: () => void navigate({ to: '/contacts' }),
    },
    { id: 'new', label: 'New message', icon: <IconPencilPlus {...ICON} />, run: openNewMessage },
    {
      id: 'settings',
      label: 'Settings',
      icon: <IconAdjustmentsHorizontal {...ICON} />,
      run: () => void navigate({ to: '/settings/you' }),
    },
    { id: 'light', label: 'Light theme', icon: <IconSun {...ICON} />, run: () => setColorScheme('light') },
    { id: 'dark', label: 'Dark theme', icon: <IconMoon {...ICON} />, run: () => setColorScheme('dark') },
    { id: 'help', label: 'Keyboard help', icon: <IconKeyboard {...ICON} />, run: openHelp },
    { id: 'out', label: 'Sign out', icon: <IconLogout {...ICON} />, run: () => void leave() },
  ];
  const matching = actions.filter((action) => action.label.toLowerCase().includes(query.trim().toLowerCase()));
  const people = search.length >= 2 ? (found.data?.items ?? []) : [];

  const firstFound = people[0]?.id;
  useEffect(() => {
    if (firstFound) markFirst();
  }, [firstFound]);

  return (
    <Spotlight.Root
      query={query}
      onQueryChange={setQuery}
      shortcut="mod + K"
      tagsToIgnore={[]}
      scrollable
      maxHeight={420}
      store={paletteStore}
      overlayProps={{ backgroundOpacity: 0.35, blur: 0 }}
      classNames={{
        content: classes.content,
        actionsList: classes.list,
        actionsGroup: classes.group,
        action: classes.action,
        search: classes.search,
      }}
      attributes={{ content: { 'aria-label': 'Search or jump to' } }}
    >
      <Spotlight.Search
        placeholder="A name, a number, or what to do"
        aria-label="Search or jump to"
        leftSection={<IconSearch {...ICON} />}
      />
      <Spotlight.ActionsList>
        {people.length > 0 && (
          <Spotlight.ActionsGroup label="Conversations">
            {people.map((item) => (
              <Spotlight.Action
                key={item.id}
                label={callName(item.contact)}
                description={item.contact.name ? phone(item.contact.address) : undefined}
                leftSection={<Avatar name={item.contact.name} seed={item.contact.id} size={28} />}
                onClick={() => void navigate({ to: '/inbox/$conversationId', params: { conversationId: item.id } })}
              />
            ))}
          </Spotlight.ActionsGroup>
        )}
        {matching.length > 0 && (
          <Spotlight.ActionsGroup label="Go and do">
            {matching.map((action) => (
              <Spotlight.Action key={action.id} label={action.label} leftSection={action.icon} onClick={action.run} />
            ))}
          </Spotlight.ActionsGroup>
        )}
        {people.length === 0 && matching.length === 0 && (
          <Spotlight.Empty>{found.isFetching ? 'Looking…' : `Nothing found for “${query.trim()}”`}</Spotlight.Empty>
        )}
      </Spotlight.ActionsList>
    </Spotlight.Root>
  );
}
