import type { Message, Page } from '../api/types.ts';
import { type Gathered, gaps, gather, hasOlder, NOTHING } from './merge-messages.ts';
import { fromArchive, type TimelineMessage } from './message.ts';

export interface Timeline extends Gathered {
  hasOlder: boolean;
  /** Whether the first page has been read (or the live query brought something to show). */
  ready: boolean;
  loadingOlder: boolean;
  /** What did not load, to be offered again. */
  failed: 'first' | 'older' | null;
  problem: unknown;
}

type Fetch = (query: { before?: number; after?: number }) => Promise<Page<Message>>;

export interface TimelineStore {
  get: () => Timeline;
  subscribe: (listener: () => void) => () => void;
  /** Takes in what the live query says. `lastSeq` is the thread's newest, also when its text is not among them. */
  tell: (messages: readonly TimelineMessage[], lastSeq: number) => void;
  loadFirst: () => Promise<void>;
  loadOlder: () => Promise<void>;
  /** Fetches what is known to be missing. Safe to call at any time; one run at a time. */
  fillGaps: () => Promise<void>;
}

/** The texts of one conversation, from the archive and the live query. */
export function createTimelineStore(fetchPage: Fetch): TimelineStore {
  let timeline: Timeline = {
    ...NOTHING,
    hasOlder: false,
    ready: false,
    loadingOlder: false,
    failed: null,
    problem: null,
  };
  let filling: Promise<void> | null = null;
  const listeners = new Set<() => void>();

  function set(change: Partial<Timeline>): void {
    timeline = { ...timeline, ...change };
    for (const listener of listeners) listener();
  }

  function take(messages: readonly TimelineMessage[], lastSeq = 0, change: Partial<Timeline> = {}): void {
    const gathered = gather(timeline, messages, lastSeq);
    const news = gathered !== timeline || Object.keys(change).length > 0;
    if (news) set({ ...gathered, hasOlder: hasOlder(gathered), ...change });
  }

  async function fill(): Promise<void> {
    for (;;) {
      const gap = timeline.messages.length > 0 ? gaps(timeline).at(-1) : undefined;
      if (!gap) return;
      const page = await fetchPage({ after: gap.from - 1, before: gap.to + 1 });
      // Nothing to be had yet (the archive is asked again with the next news) must not spin.
      if (page.items.length === 0) return;
      take(page.items.map(fromArchive));
    }
  }

  return {
    get: () => timeline,
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    tell: (messages, lastSeq) => take(messages, lastSeq, messages.length > 0 && !timeline.ready ? { ready: true } : {}),
    loadFirst: async () => {
      try {
        const page = await fetchPage({});
        take(page.items.map(fromArchive), 0, { ready: true, failed: null, problem: null });
      } catch (problem) {
        set({ failed: 'first', problem });
      }
    },
    loadOlder: async () => {
      const oldest = timeline.messages[0]?.seq;
      if (oldest === undefined || oldest <= 1 || timeline.loadingOlder) return;
      set({ loadingOlder: true });
      try {
        const page = await fetchPage({ before: oldest });
        take(page.items.map(fromArchive), 0, { loadingOlder: false, failed: null, problem: null });
      } catch (problem) {
        set({ loadingOlder: false, failed: 'older', problem });
      }
    },
    fillGaps: () => {
      filling ??= fill().finally(() => {
        filling = null;
      });
      return filling;
    },
  };
}
