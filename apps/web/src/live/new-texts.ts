import type { ThreadRow } from '../inbox/thread-row.ts';

/** What the bell remembers: the last text it knows of each thread, and the newest moment it has seen. */
export interface Heard {
  lastIds: ReadonlyMap<string, string>;
  newestAt: number;
}

/** Finds texts that have come in since. The first look only remembers: what waited before sign-in does not ring. */
export function newTexts(heard: Heard | null, rows: Iterable<ThreadRow>): { heard: Heard; fresh: ThreadRow[] } {
  const lastIds = new Map(heard?.lastIds);
  const fresh: ThreadRow[] = [];
  let newestAt = heard?.newestAt ?? 0;
  for (const row of rows) {
    const last = row.lastMessage;
    if (!last || lastIds.get(row.threadId) === last.id) continue;
    // A thread that was not followed before may bring an old text; only what is newer than all that was seen is news.
    const news = heard !== null && last.direction === 'inbound' && row.unread > 0 && last.at > heard.newestAt;
    if (news || (heard?.lastIds.has(row.threadId) && last.direction === 'inbound' && row.unread > 0)) fresh.push(row);
    lastIds.set(row.threadId, last.id);
    newestAt = Math.max(newestAt, last.at);
  }
  return { heard: { lastIds, newestAt }, fresh };
}
