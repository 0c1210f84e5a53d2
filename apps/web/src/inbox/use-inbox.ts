import { keepPreviousData, useInfiniteQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useMemo, useRef, useState } from 'react';
import { api } from '../api/calls.ts';
import type { StatusFilter } from '../api/types.ts';
import { useReconnections } from '../live/connection.ts';
import { useLiveInbox } from '../live/live-inbox.tsx';
import { mergeThreads } from './merge-threads.ts';
import { steadyOrder } from './steady-order.ts';
import { fromArchive, type ThreadRow } from './thread-row.ts';

export interface Inbox {
  rows: readonly ThreadRow[];
  /** Threads with news that wait for the pointer to leave. */
  waiting: number;
  /** Lets the waiting rows in at once. */
  letIn: () => void;
  pending: boolean;
  error: Error | null;
  retry: () => void;
  hasMore: boolean;
  loadingMore: boolean;
  loadMore: () => void;
}

/** The list's rows: pages of the archive, live rows over them, in an order that holds still while `held`. */
export function useInbox(filter: StatusFilter, search: string, held: boolean): Inbox {
  const live = useLiveInbox().threads;
  const queries = useQueryClient();
  const reconnections = useReconnections();

  const pages = useInfiniteQuery({
    queryKey: ['conversations', filter, search],
    queryFn: ({ pageParam, signal }) =>
      api.conversations(
        { status: filter, ...(search && { q: search }), ...(pageParam && { cursor: pageParam }) },
        signal,
      ),
    initialPageParam: '',
    getNextPageParam: (page) => page.nextCursor ?? undefined,
    placeholderData: search ? keepPreviousData : undefined,
  });

  // More may have happened while away than the live query brings.
  useEffect(() => {
    if (reconnections > 0) void queries.invalidateQueries({ queryKey: ['conversations'] });
  }, [reconnections, queries]);

  const merged = useMemo(() => {
    const archive = pages.data?.pages.flatMap((page) => page.items.map(fromArchive)) ?? [];
    return mergeThreads(archive, pages.data ? live : new Map(), { filter, search, hasMore: pages.hasNextPage });
  }, [pages.data, pages.hasNextPage, live, filter, search]);

  // Rows that left the filter keep showing their newest telling while the order is held.
  const known = useRef(new Map<string, ThreadRow>());
  const shown = useRef<{ key: string; order: readonly string[] }>({ key: '', order: [] });
  const [, redraw] = useState(0);
  const key = `${filter} ${search}`;
  if (shown.current.key !== key) {
    shown.current = { key, order: [] };
    known.current = new Map();
  }
  for (const row of merged) known.current.set(row.threadId, row);

  const steady = steadyOrder(
    shown.current.order,
    merged.map((row) => row.threadId),
    held,
  );
  shown.current.order = steady.order;

  const rows = steady.order.flatMap((id) => {
    const row = known.current.get(id);
    const newer = live.get(id);
    return row ? [newer && newer.version > row.version ? newer : row] : [];
  });
  const waiting = steady.waiting.filter((id) => known.current.get(id)?.lastMessage?.direction === 'inbound').length;

  return {
    rows,
    waiting,
    letIn: () => {
      shown.current.order = [];
      redraw((n) => n + 1);
    },
    pending: pages.isPending,
    error: pages.isError ? pages.error : null,
    retry: () => void pages.refetch(),
    hasMore: pages.hasNextPage,
    loadingMore: pages.isFetchingNextPage,
    loadMore: () => {
      if (pages.hasNextPage && !pages.isFetchingNextPage) void pages.fetchNextPage();
    },
  };
}
