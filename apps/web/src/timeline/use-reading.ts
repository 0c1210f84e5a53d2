import { useEffect, useRef } from 'react';
import { api } from '../api/calls.ts';

/** Receipts of a burst are sent as one. */
const BATCH_MS = 400;
const RETRY_MS = 5_000;

/** Marks texts as read while somebody really looks: the tab visible and focused, the newest text on screen. */
export function useReading(conversationId: string, newestSeq: number, unread: number, atBottom: boolean): void {
  const told = useRef(0);
  useEffect(() => {
    if (newestSeq === 0 || unread === 0 || !atBottom) return;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const read = () => {
      clearTimeout(timer);
      if (document.visibilityState !== 'visible' || !document.hasFocus() || told.current >= newestSeq) return;
      timer = setTimeout(() => {
        told.current = newestSeq;
        api.read(conversationId, newestSeq).catch((error: unknown) => {
          console.info('The read receipt was not taken; trying again.', error);
          told.current = 0;
          timer = setTimeout(read, RETRY_MS);
        });
      }, BATCH_MS);
    };
    read();
    window.addEventListener('focus', read);
    document.addEventListener('visibilitychange', read);
    return () => {
      clearTimeout(timer);
      window.removeEventListener('focus', read);
      document.removeEventListener('visibilitychange', read);
    };
  }, [conversationId, newestSeq, unread, atBottom]);
}
