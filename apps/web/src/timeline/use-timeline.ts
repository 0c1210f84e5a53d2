import { useEffect, useMemo, useSyncExternalStore } from 'react';
import { api } from '../api/calls.ts';
import { useReconnections } from '../live/connection.ts';
import { hot } from '../live/functions.ts';
import { useLive } from '../live/use-live.ts';
import { fromLive } from './message.ts';
import { createTimelineStore, type Timeline, type TimelineStore } from './timeline-store.ts';

/** Conversations that stay in memory, so that going back to one shows it at once. */
const KEPT = 20;
const stores = new Map<string, TimelineStore>();

function storeOf(conversationId: string): TimelineStore {
  const known = stores.get(conversationId);
  const store = known ?? createTimelineStore((query) => api.messages(conversationId, query));
  stores.delete(conversationId);
  stores.set(conversationId, store);
  for (const oldest of stores.keys()) {
    if (stores.size <= KEPT) break;
    stores.delete(oldest);
  }
  return store;
}

const GAP_RETRY_MS = 3_000;
/** A thread is brought into the hot tier again when the live query reaches back less than this (and not to its start). */
const REACH = 10;

export interface OpenTimeline {
  timeline: Timeline;
  store: TimelineStore;
  /** What nobody of the team has read, as the hot tier counts; null until it says. */
  unread: number | null;
  status: 'open' | 'closed' | null;
}

/** One conversation's texts, live. */
export function useTimeline(conversationId: string, threadId: string): OpenTimeline {
  const store = useMemo(() => storeOf(conversationId), [conversationId]);
  const timeline = useSyncExternalStore(store.subscribe, store.get);
  const reconnections = useReconnections();
  const live = useLive(hot.messages, { threadId }).data;

  const cold =
    live !== undefined &&
    (live.thread === null || (live.messages.length < REACH && (live.messages[0]?.seq ?? live.thread.lastSeq + 1) > 1));
  const empty = live?.thread?.lastSeq === 0;

  // biome-ignore lint/correctness/useExhaustiveDependencies: a new connection is what makes the archive worth asking again.
  useEffect(() => {
    void store.loadFirst();
  }, [store, reconnections]);

  useEffect(() => {
    if (!cold || empty) return;
    api.open(conversationId).catch((error: unknown) => {
      console.info('The thread could not be brought into the hot tier; its texts come from the archive.', error);
    });
  }, [cold, empty, conversationId]);

  useEffect(() => {
    if (live) store.tell(live.messages.map(fromLive), live.thread?.lastSeq ?? 0);
  }, [live, store]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: each new telling may have opened a gap.
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    let gone = false;
    const fill = () => {
      store.fillGaps().catch((error: unknown) => {
        console.info('Missing texts did not load; trying again.', error);
        if (!gone) timer = setTimeout(fill, GAP_RETRY_MS);
      });
    };
    fill();
    return () => {
      gone = true;
      clearTimeout(timer);
    };
  }, [store, timeline.lastSeq, timeline.messages.length]);

  return { timeline, store, unread: live?.thread?.unread ?? null, status: live?.thread?.status ?? null };
}
