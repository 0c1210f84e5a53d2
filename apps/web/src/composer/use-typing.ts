import { useConvex } from 'convex/react';
import { useCallback, useEffect, useRef } from 'react';
import { hot, type Typist } from '../live/functions.ts';
import { useLive } from '../live/use-live.ts';
import { useSession } from '../session/session.ts';
import { useNow } from '../ui/use-now.ts';

/** "Is typing" is told at most this often; it is shown for six seconds after the last telling. */
const TELL_EVERY_MS = 3_000;

interface Typing {
  /** The others who type in this thread now. */
  typists: readonly Typist[];
  typed: () => void;
  stopped: () => void;
}

export function useTyping(threadId: string): Typing {
  const convex = useConvex();
  const { me } = useSession();
  const told = useRef(0);
  const { data } = useLive(hot.typing, { threadId });
  const now = useNow(1_000);

  const typed = useCallback(() => {
    const at = Date.now();
    if (at - told.current < TELL_EVERY_MS) return;
    told.current = at;
    convex.mutation(hot.setTyping, { threadId }).catch((error: unknown) => {
      console.info('The others do not see that you type.', error);
    });
  }, [convex, threadId]);

  const stopped = useCallback(() => {
    if (told.current === 0) return;
    told.current = 0;
    convex.mutation(hot.clearTyping, { threadId }).catch((error: unknown) => {
      console.info('The others see you type for a few seconds more.', error);
    });
  }, [convex, threadId]);

  useEffect(() => stopped, [stopped]);

  const typists = (data?.typing ?? []).filter((each) => each.userId !== me.user.id && each.expiresAt > now);
  return { typists, typed, stopped };
}
