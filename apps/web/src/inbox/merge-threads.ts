import type { StatusFilter } from '../api/types.ts';
import type { ThreadRow } from './thread-row.ts';

/** Rows by thread, keeping the highest version of each: a late page or a replayed live result never takes a row back. */
export function upsert(
  known: ReadonlyMap<string, ThreadRow>,
  told: readonly ThreadRow[],
): ReadonlyMap<string, ThreadRow> {
  let next: Map<string, ThreadRow> | null = null;
  for (const row of told) {
    const old = (next ?? known).get(row.threadId);
    if (old && old.version >= row.version) continue;
    next ??= new Map(known);
    next.set(row.threadId, row);
  }
  return next ?? known;
}

export interface ListView {
  filter: StatusFilter;
  /** What was searched for; empty for the whole list. */
  search: string;
  /** Whether the server has further pages after the last one loaded. */
  hasMore: boolean;
}

/**
 * The list: pages of the archive with live rows laid over them. A live row that the pages do not hold is added only where
 * it is sure to belong: in the right filter, not in a search (the server alone knows what matches), and not below the last
 * loaded page (there it would show above rows that are still to come).
 */
export function mergeThreads(
  pages: readonly ThreadRow[],
  live: ReadonlyMap<string, ThreadRow>,
  view: ListView,
): ThreadRow[] {
  const rows = new Map<string, ThreadRow>();
  let oldest = Number.POSITIVE_INFINITY;
  for (const row of pages) {
    oldest = Math.min(oldest, row.at);
    const known = rows.get(row.threadId);
    if (!known || row.version > known.version) rows.set(row.threadId, row);
  }
  for (const row of live.values()) {
    const known = rows.get(row.threadId);
    if (known) {
      if (row.version > known.version) rows.set(row.threadId, row);
    } else if (view.search === '' && (!view.hasMore || row.at >= oldest)) {
      rows.set(row.threadId, row);
    }
  }
  return [...rows.values()]
    .filter((row) => view.filter === 'all' || row.status === view.filter)
    .sort((a, b) => b.at - a.at || (a.threadId < b.threadId ? 1 : -1));
}

/** How many conversations wait to be read. */
export function unreadThreads(rows: Iterable<ThreadRow>): number {
  let count = 0;
  for (const row of rows) if (row.unread > 0 && row.status === 'open') count++;
  return count;
}
