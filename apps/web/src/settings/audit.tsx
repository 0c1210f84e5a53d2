import { Button } from '@mantine/core';
import { IconHistory } from '@tabler/icons-react';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useSearch } from '@tanstack/react-router';
import { people } from '../api/calls-people.ts';
import { sentence } from '../api/errors.ts';
import { FormNote } from '../ui/form-note.tsx';
import { Loaded } from '../ui/loaded.tsx';
import { StateNote } from '../ui/state-note.tsx';
import { AuditFilters } from './audit-filters.tsx';
import { AuditRow } from './audit-row.tsx';
import { type AuditSearch, askedOf } from './audit-search.ts';
import classes from './list.module.css';
import { Panel } from './panel.tsx';

/** Who did what, when, and from where. What is looked for stands in the address, so that it can be shared. */
export function Audit() {
  const search: AuditSearch = useSearch({ from: '/desk/settings/audit' });
  const entries = useInfiniteQuery({
    queryKey: ['audit', search],
    queryFn: ({ pageParam }) => people.audit({ ...askedOf(search), cursor: pageParam }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.nextCursor ?? undefined,
  });
  return (
    <Panel title="Audit">
      <AuditFilters />
      <Loaded query={entries} what="The entries">
        {({ pages }) => {
          const items = pages.flatMap((page) => page.items);
          return (
            <>
              {items.length === 0 && (
                <StateNote icon={<IconHistory size={20} stroke={1.7} />} title="Nothing found so far">
                  {entries.hasNextPage
                    ? 'The newest entries have nothing like that. Older ones may.'
                    : 'No entry is like that. Try fewer words, or more days.'}
                </StateNote>
              )}
              <ol className={classes.list} aria-label="Entries, newest first">
                {items.map((entry) => (
                  <AuditRow key={entry.id} entry={entry} />
                ))}
              </ol>
              {entries.hasNextPage && (
                <div className={classes.foot}>
                  <Button
                    variant="default"
                    loading={entries.isFetchingNextPage}
                    onClick={() => void entries.fetchNextPage()}
                  >
                    Look further back
                  </Button>
                  {entries.isFetchNextPageError && <FormNote>{sentence(entries.error)}</FormNote>}
                </div>
              )}
            </>
          );
        }}
      </Loaded>
    </Panel>
  );
}
