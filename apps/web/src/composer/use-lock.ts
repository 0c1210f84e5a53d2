import { useConvex } from 'convex/react';
import { ConvexError } from 'convex/values';
import { useEffect, useMemo, useSyncExternalStore } from 'react';
import { api } from '../api/calls.ts';
import { hot } from '../live/functions.ts';
import { onTick } from '../live/ticker.ts';
import { useLive } from '../live/use-live.ts';
import { useSession } from '../session/session.ts';
import { createLockController, type LockController, type TakeAnswer } from './lock-controller.ts';
import type { Lock } from './lock-machine.ts';

interface Refusal {
  code?: string;
  holder?: { userId: string; name: string };
}

function refusalOf(error: unknown): Refusal {
  return error instanceof ConvexError ? (error.data as Refusal) : {};
}

export interface ThreadLock {
  lock: Lock;
  controller: LockController;
  letGo: () => void;
  /** Supervisors and up. Throws the server's refusal. */
  takeOver: () => Promise<void>;
  /** For a hold of the same person in another tab: that one lets go and this one takes. */
  answerHere: () => Promise<void>;
}

/** The lock of an open thread: followed live, taken by typing, renewed, and let go on leaving. */
export function useLock(conversationId: string, threadId: string): ThreadLock {
  const convex = useConvex();
  const { me, tabId } = useSession();
  const userId = me.user.id;

  const controller = useMemo(() => {
    const take = async (): Promise<TakeAnswer> => {
      try {
        return { ok: true, ...(await convex.mutation(hot.takeLock, { threadId, tabId })) };
      } catch (error) {
        const { code, holder } = refusalOf(error);
        if (code === 'thread_locked' && holder) return { ok: false, code, holder };
        if (code === 'thread_cold') return { ok: false, code };
        console.warn('The thread could not be taken.', error);
        return { ok: false, code: 'failed' };
      }
    };
    return createLockController(
      { userId, tabId },
      {
        take,
        renew: async (token) => {
          try {
            return { ok: true, ...(await convex.mutation(hot.renewLock, { threadId, tabId, token })) };
          } catch (error) {
            return { ok: false, lost: refusalOf(error).code === 'lock_lost' };
          }
        },
        release: (token) => {
          convex.mutation(hot.releaseLock, { threadId, tabId, token }).catch((error: unknown) => {
            console.info('The thread was not let go; its lease ends by itself.', error);
          });
        },
        open: () =>
          api.open(conversationId).then(
            () => true,
            () => false,
          ),
        now: () => Date.now(),
      },
    );
  }, [convex, conversationId, threadId, tabId, userId]);

  const lock = useSyncExternalStore(controller.subscribe, controller.get);

  const { data } = useLive(hot.lock, { threadId });
  useEffect(() => {
    if (data) controller.dispatch({ type: 'seen', lock: data });
  }, [controller, data]);

  useEffect(() => onTick(controller.tick), [controller]);

  useEffect(() => {
    // A page that goes away cannot wait for an answer: the browser delivers a beacon for it, through the server.
    const onPageHide = () => {
      const held = controller.get();
      if (held.state !== 'mine') return;
      const body = new Blob([JSON.stringify({ tabId, token: held.token })], { type: 'application/json' });
      navigator.sendBeacon(`/api/v1/threads/${threadId}/lock/release`, body);
    };
    window.addEventListener('pagehide', onPageHide);
    return () => {
      window.removeEventListener('pagehide', onPageHide);
      controller.dispatch({ type: 'letGo' });
    };
  }, [controller, threadId, tabId]);

  return {
    lock,
    controller,
    letGo: () => controller.dispatch({ type: 'letGo' }),
    takeOver: async () => {
      const { token, expiresAt } = await api.takeOver(threadId, tabId);
      controller.dispatch({ type: 'taken', token, expiresAt });
    },
    answerHere: async () => {
      if (!data?.holder || data.holder.userId !== userId) return;
      await convex.mutation(hot.releaseLock, { threadId, tabId: data.holder.tabId, token: data.token });
      controller.dispatch({ type: 'seen', lock: { ...data, holder: null, expiresAt: null } });
      controller.typed();
    },
  };
}
