import { ConvexProvider, ConvexReactClient, useMutation, usePaginatedQuery, useQuery } from 'convex/react';
import { makeFunctionReference, type PaginationOptions, type PaginationResult } from 'convex/server';
import { createRoot } from 'react-dom/client';

/** The page of the browser test: a counter, and pages of messages, with the official React client. */
const url = new URLSearchParams(location.search).get('server') ?? '';
const client = new ConvexReactClient(url);

const get = makeFunctionReference<'query', { name: string }, number>('counters:get');
const addTo = makeFunctionReference<'mutation', { name: string; by: number }, number>('counters:add');
const pages = makeFunctionReference<
  'query',
  { channel: string; paginationOpts: PaginationOptions },
  PaginationResult<{ _id: string; n: number }>
>('messages:page');

declare global {
  interface Window {
    /** Every value the counter has shown. */
    seen: number[];
    /** Adds one, so many times at once; resolves when all have happened. */
    addMany(times: number): Promise<void>;
  }
}
window.seen = [];

function Page() {
  const value = useQuery(get, { name: 'react' });
  const add = useMutation(addTo).withOptimisticUpdate((store, { by }) => {
    const shown = store.getQuery(get, { name: 'react' });
    if (shown !== undefined) store.setQuery(get, { name: 'react' }, shown + by);
  });
  const { results, status, loadMore } = usePaginatedQuery(pages, { channel: 'react' }, { initialNumItems: 3 });
  window.addMany = async (times) => {
    await Promise.all(Array.from({ length: times }, () => add({ name: 'react', by: 1 })));
  };
  if (value !== undefined) window.seen.push(value);
  return (
    <main>
      <output>{value ?? 'loading'}</output>
      <button type="button" onClick={() => loadMore(3)} disabled={status !== 'CanLoadMore'}>
        More
      </button>
      <p>{results.map(({ n }) => n).join(' ')}</p>
    </main>
  );
}

createRoot(document.body.appendChild(document.createElement('div'))).render(
  <ConvexProvider client={client}>
    <Page />
  </ConvexProvider>,
);
