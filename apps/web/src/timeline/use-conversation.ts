import { queryOptions, useQuery, useQueryClient } from '@tanstack/react-query';
import { api } from '../api/calls.ts';
import type { Conversation, Page } from '../api/types.ts';
import { fromArchive, type ThreadRow } from '../inbox/thread-row.ts';
import { useLiveInbox } from '../live/live-inbox.tsx';

export const conversationQuery = (id: string) =>
  queryOptions({ queryKey: ['conversation', id], queryFn: () => api.conversation(id), staleTime: 5_000 });

interface Found {
  row: ThreadRow | null;
  error: Error | null;
  retry: () => void;
}

/** A conversation's head: at once from the list where it is known, else from the server, and live over both. */
export function useConversation(id: string): Found {
  const queries = useQueryClient();
  const { threads } = useLiveInbox();
  const query = useQuery({
    ...conversationQuery(id),
    placeholderData: () => {
      const lists = queries.getQueriesData<{ pages: Page<Conversation>[] }>({ queryKey: ['conversations'] });
      for (const [, list] of lists) {
        const item = list?.pages.flatMap((page) => page.items).find((each) => each.id === id);
        if (item) return { ...item, fence: 0, lastSeq: 0 };
      }
      return undefined;
    },
  });
  const archive = query.data ? fromArchive(query.data) : null;
  const live = archive
    ? threads.get(archive.threadId)
    : [...threads.values()].find((each) => each.conversationId === id);
  const row = live && (!archive || live.version > archive.version) ? live : archive;
  return { row, error: row ? null : query.error, retry: () => void query.refetch() };
}
