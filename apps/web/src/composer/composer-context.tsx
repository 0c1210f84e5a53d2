import { createContext, type ReactNode, useContext, useEffect, useMemo, useSyncExternalStore } from 'react';
import { api } from '../api/calls.ts';
import { newId } from '../format/new-id.ts';
import { useSession } from '../session/session.ts';
import { loadPending, storePending } from './pending-store.ts';
import { createSendQueue, type PendingSend, type SendQueue } from './send-queue.ts';

const Context = createContext<SendQueue | null>(null);

/** Holds the texts under way above all pages, so that going to another conversation does not stop a retry. */
export function ComposerProvider({ children }: { children: ReactNode }) {
  const { me } = useSession();
  const userId = me.user.id;
  const queue = useMemo(
    () =>
      createSendQueue({
        post: api.send,
        newKey: newId,
        now: () => Date.now(),
        later: (ms, task) => void setTimeout(task, ms),
        load: () => loadPending(userId),
        store: (sends) => storePending(userId, sends),
      }),
    [userId],
  );

  useEffect(() => {
    // The browser's own question, only while a text is really on its way.
    const onBeforeUnload = (event: BeforeUnloadEvent) => {
      const open = queue.list().some((send) => send.state === 'retrying' || send.state === 'stuck');
      if (open) event.preventDefault();
    };
    window.addEventListener('beforeunload', onBeforeUnload);
    return () => window.removeEventListener('beforeunload', onBeforeUnload);
  }, [queue]);

  return <Context value={queue}>{children}</Context>;
}

export function useSendQueue(): SendQueue {
  const queue = useContext(Context);
  if (!queue) throw new Error('useSendQueue is used outside the desk');
  return queue;
}

/** The texts under way in one conversation. */
export function usePending(conversationId: string): readonly PendingSend[] {
  const queue = useSendQueue();
  const all = useSyncExternalStore(queue.subscribe, queue.list);
  return useMemo(() => all.filter((send) => send.conversationId === conversationId), [all, conversationId]);
}
