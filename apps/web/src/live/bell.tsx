import { useNavigate, useParams } from '@tanstack/react-router';
import { useEffect, useRef } from 'react';
import { callName } from '../format/phone.ts';
import type { ThreadRow } from '../inbox/thread-row.ts';
import { useSession } from '../session/session.ts';
import { usePreferences } from '../settings/preferences.ts';
import { allowSound, chime } from './chime.ts';
import { useLiveInbox } from './live-inbox.tsx';
import { type Heard, newTexts } from './new-texts.ts';
import { beTheOne, shareLooking } from './tabs.ts';

/** Sound and desktop notification for a new text: from one tab only, and not for the conversation somebody looks at. */
export function Bell() {
  const { threads } = useLiveInbox();
  const { tabId } = useSession();
  const { sound, desktop } = usePreferences();
  const { conversationId } = useParams({ strict: false });
  const navigate = useNavigate();
  const chosen = useRef(false);
  const heard = useRef<Heard | null>(null);
  const looking = useRef<ReturnType<typeof shareLooking> | null>(null);

  useEffect(
    () =>
      beTheOne('patchline-bell', () => {
        chosen.current = true;
      }),
    [],
  );

  useEffect(() => {
    const shared = shareLooking(tabId);
    looking.current = shared;
    const tell = () => shared.look(document.hasFocus() ? (conversationId ?? null) : null);
    tell();
    window.addEventListener('focus', tell);
    window.addEventListener('blur', tell);
    window.addEventListener('pointerdown', allowSound);
    window.addEventListener('keydown', allowSound);
    return () => {
      window.removeEventListener('focus', tell);
      window.removeEventListener('blur', tell);
      window.removeEventListener('pointerdown', allowSound);
      window.removeEventListener('keydown', allowSound);
      shared.close();
    };
  }, [tabId, conversationId]);

  useEffect(() => {
    if (threads.size === 0 && heard.current === null) return;
    const result = newTexts(heard.current, threads.values());
    heard.current = result.heard;
    const unseen = result.fresh.filter((row) => !looking.current?.isSeen(row.conversationId));
    if (unseen.length === 0 || !chosen.current) return;
    if (sound) chime();
    if (desktop) for (const row of unseen) show(row);

    function show(row: ThreadRow): void {
      if (!('Notification' in window) || Notification.permission !== 'granted') return;
      const note = new Notification(callName(row.contact), { body: row.lastMessage?.body, tag: row.threadId });
      note.onclick = () => {
        window.focus();
        void navigate({ to: '/inbox/$conversationId', params: { conversationId: row.conversationId } });
        note.close();
      };
    }
  }, [threads, sound, desktop, navigate]);

  return null;
}
