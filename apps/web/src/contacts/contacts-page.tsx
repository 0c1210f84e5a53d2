import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query';
import { useSearch } from '@tanstack/react-router';
import { contacts } from '../api/calls-contacts.ts';
import type { ContactFilter } from '../api/types-contacts.ts';
import { ContactActions } from './contact-actions.tsx';
import { ContactFilters } from './contact-filters.tsx';
import { ContactListState } from './contact-list-state.tsx';
import { ContactRows } from './contact-rows.tsx';
import { plainFilter } from './contact-search.ts';
import classes from './contacts-page.module.css';

/** The next page that holds somebody: of two frequent words that few have both of, one look may come back empty-handed. */
async function nextFull(filter: ContactFilter, cursor: string | undefined, signal: AbortSignal) {
  let page = await contacts.find(cursor === undefined ? filter : { ...filter, cursor }, signal);
  while (page.items.length === 0 && page.nextCursor !== null) {
    page = await contacts.find({ ...filter, cursor: page.nextCursor }, signal);
  }
  return page;
}

/** Everybody we know, found as one types. What is looked for stands in the address. */
export function ContactsPage() {
  const filter = plainFilter(useSearch({ from: '/desk/contacts' }));
  const found = useInfiniteQuery({
    queryKey: ['contacts', filter],
    queryFn: ({ pageParam, signal }) => nextFull(filter, pageParam, signal),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.nextCursor ?? undefined,
    placeholderData: keepPreviousData,
  });
  const rows = found.data?.pages.flatMap((page) => page.items);
  const total = found.data?.pages[0]?.total ?? null;

  return (
    <main className={classes.page}>
      <div className={classes.head}>
        <h1 className={classes.title}>
          Contacts
          {rows !== undefined && (
            <span className={classes.count} role="status">
              {total === null ? `${rows.length}${found.hasNextPage ? '+' : ''}` : total.toLocaleString()}
              <span className="sr-only"> found</span>
            </span>
          )}
        </h1>
        <ContactActions filter={filter} />
      </div>
      <ContactFilters filter={filter} />
      {rows !== undefined && rows.length > 0 ? (
        <ContactRows
          rows={rows}
          stale={found.isPlaceholderData}
          hasMore={found.hasNextPage}
          failed={found.isFetchNextPageError}
          loadMore={() => {
            if (found.hasNextPage && !found.isFetching) void found.fetchNextPage();
          }}
        />
      ) : (
        <ContactListState filter={filter} query={found} />
      )}
    </main>
  );
}
