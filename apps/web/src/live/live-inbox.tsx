import { createContext, type ReactNode, useContext, useEffect, useMemo, useState } from 'react';
import { unreadThreads, upsert } from '../inbox/merge-threads.ts';
import { fromLive, type ThreadRow } from '../inbox/thread-row.ts';
import { type HeldLock, hot } from './functions.ts';
import { useLive } from './use-live.ts';

/** How many of the newest threads are followed live. Each change sends these rows again, so it is a screenful and a bit. */
const FOLLOWED = 40;

interface LiveInbox {
  /** The newest telling of every thread that was ever among the followed ones since the page was loaded. */
  threads: ReadonlyMap<string, ThreadRow>;
  /** Who holds which thread. */
  locks: ReadonlyMap<string, HeldLock>;
  /** Threads that wait to be read, of those known. */
  unread: number;
}

const Context = createContext<LiveInbox>({ threads: new Map(), locks: new Map(), unread: 0 });

export function LiveInboxProvider({ children }: { children: ReactNode }) {
  const recent = useLive(hot.recent, { limit: FOLLOWED }).data;
  const held = useLive(hot.locksHeld, {}).data;
  const [threads, setThreads] = useState<ReadonlyMap<string, ThreadRow>>(new Map());

  useEffect(() => {
    if (recent) setThreads((known) => upsert(known, recent.threads.map(fromLive)));
  }, [recent]);

  const value = useMemo(
    () => ({
      threads,
      locks: new Map((held?.locks ?? []).map((lock) => [lock.threadId, lock])),
      unread: unreadThreads(threads.values()),
    }),
    [threads, held],
  );
  return <Context value={value}>{children}</Context>;
}

export function useLiveInbox(): LiveInbox {
  return useContext(Context);
}
