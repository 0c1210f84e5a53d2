import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useMemo, useRef } from 'react';
import { Composer } from '../composer/composer.tsx';
import { usePending, useSendQueue } from '../composer/composer-context.tsx';
import type { PendingSend } from '../composer/send-queue.ts';
import { unshown } from '../composer/unshown.ts';
import { useDraft } from '../composer/use-draft.ts';
import { contactQuery, smsFlag } from '../contact/use-contact.ts';
import type { ThreadRow } from '../inbox/thread-row.ts';
import { useSession } from '../session/session.ts';
import classes from './conversation.module.css';
import { ConversationHead } from './conversation-head.tsx';
import { Timeline } from './timeline.tsx';
import { useTimeline } from './use-timeline.ts';

/** How long an accepted text may be absent from the live query before the archive is asked. */
const LATE_MS = 2_500;

export function Conversation({ row }: { row: ThreadRow }) {
  const { me } = useSession();
  const queries = useQueryClient();
  const queue = useSendQueue();
  const pending = usePending(row.conversationId);
  const { timeline, store, unread, status } = useTimeline(row.conversationId, row.threadId);
  const contact = useQuery(contactQuery(row.contact.id)).data;
  const draft = useDraft(me.user.id, row.threadId);
  const field = useRef<HTMLTextAreaElement>(null);

  const { shown, settled } = useMemo(
    () => unshown(pending, timeline.messages, me.user.id),
    [pending, timeline.messages, me.user.id],
  );
  useEffect(() => {
    for (const send of settled) queue.drop(send.key);
  }, [settled, queue]);

  const waiting = shown.some((send) => send.messageId !== null);
  useEffect(() => {
    if (!waiting) return;
    const timer = setTimeout(() => void store.loadFirst(), LATE_MS);
    return () => clearTimeout(timer);
  }, [waiting, store]);

  // A text may be a STOP or a START: what the contact asked is then read again.
  const lastInbound = timeline.messages.findLast((message) => message.direction === 'inbound')?.id;
  const lastRefused = timeline.messages.findLast((message) => message.status === 'refused')?.id;
  // biome-ignore lint/correctness/useExhaustiveDependencies: each new text is the reason to ask.
  useEffect(() => {
    void queries.invalidateQueries({ queryKey: contactQuery(row.contact.id).queryKey });
  }, [lastInbound, lastRefused, row.contact.id, queries]);

  const edit = (body: string) => {
    draft.give(body);
    field.current?.focus();
  };
  const editPending = (send: PendingSend) => {
    queue.drop(send.key);
    edit(send.input.body);
  };

  return (
    <main className={classes.conversation}>
      <ConversationHead row={row} status={status ?? row.status} onReply={() => field.current?.focus()} />
      <Timeline
        row={row}
        timeline={timeline}
        store={store}
        unread={unread ?? row.unread}
        pending={shown}
        events={contact?.events ?? []}
        onRetry={queue.retry}
        onEditPending={editPending}
        onEdit={edit}
      />
      <Composer
        row={row}
        lastSeq={timeline.lastSeq}
        draft={draft}
        pending={pending}
        field={field}
        flag={smsFlag(contact, row.contact.address)}
      />
    </main>
  );
}
