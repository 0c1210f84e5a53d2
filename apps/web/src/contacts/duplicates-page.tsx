import { Button } from '@mantine/core';
import { IconCheck } from '@tabler/icons-react';
import { useInfiniteQuery } from '@tanstack/react-query';
import { contacts } from '../api/calls-contacts.ts';
import { sentence } from '../api/errors.ts';
import { useMay } from '../session/use-may.ts';
import { Panel } from '../settings/panel.tsx';
import { FormNote } from '../ui/form-note.tsx';
import { Loaded } from '../ui/loaded.tsx';
import { StateNote } from '../ui/state-note.tsx';
import { DuplicateGroup } from './duplicate-group.tsx';
import { SubPage } from './sub-page.tsx';

/** Contacts that may be one and the same, and making them one. */
export function DuplicatesPage() {
  const may = useMay();
  const groups = useInfiniteQuery({
    queryKey: ['contact-duplicates'],
    queryFn: ({ pageParam }) => contacts.duplicates(pageParam),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.nextCursor ?? undefined,
  });
  return (
    <SubPage title="Duplicates" back={{ to: '/contacts', label: 'Contacts' }}>
      <Loaded query={groups} what="The duplicates">
        {({ pages }) => {
          const items = pages.flatMap((page) => page.items);
          if (items.length === 0) {
            return (
              <Panel title="Nobody is here twice">
                <StateNote icon={<IconCheck size={20} stroke={1.7} />} title="No two contacts have the same name">
                  Two contacts can never have the same number or e-mail address, so those are not looked at.
                </StateNote>
              </Panel>
            );
          }
          return (
            <>
              {items.map((group) => (
                <DuplicateGroup
                  key={group.contacts.map(({ id }) => id).join()}
                  group={group}
                  mayMerge={may('contacts.merge')}
                />
              ))}
              {groups.hasNextPage && (
                <div>
                  <Button
                    variant="default"
                    loading={groups.isFetchingNextPage}
                    onClick={() => void groups.fetchNextPage()}
                  >
                    Show more
                  </Button>
                  {groups.isFetchNextPageError && <FormNote>{sentence(groups.error)}</FormNote>}
                </div>
              )}
            </>
          );
        }}
      </Loaded>
    </SubPage>
  );
}
