import { useMemo, useRef, useState } from 'react';
import { loadDraft, storeDraft } from './drafts.ts';

export interface Draft {
  body: string;
  set: (body: string) => void;
  /** Puts words back in front of what has been typed since. */
  give: (body: string) => void;
  /** Empties the draft and returns it, at once: a second press of Enter finds nothing. */
  take: () => string;
}

/** What is being written in one thread. It survives leaving, a reload and a closed browser. */
export function useDraft(userId: string, threadId: string): Draft {
  const [body, setBody] = useState(() => loadDraft(userId, threadId));
  const current = useRef(body);
  current.current = body;
  const write = useMemo(() => {
    const set = (next: string) => {
      current.current = next;
      storeDraft(userId, threadId, next);
      setBody(next);
    };
    return {
      set,
      give: (words: string) => {
        if (current.current.trim() === words.trim()) return;
        set(current.current.trim() === '' ? words : `${words}\n${current.current}`);
      },
      take: () => {
        const taken = current.current;
        set('');
        return taken;
      },
    };
  }, [userId, threadId]);
  return { body, ...write };
}
