import { memo } from 'react';
import type { PendingSend } from '../composer/send-queue.ts';
import { dayName } from '../format/time.ts';
import { EventLine } from './event-line.tsx';
import type { TimelineItem } from './items.ts';
import { MessageBubble } from './message-bubble.tsx';
import { PendingBubble } from './pending-bubble.tsx';
import { RefusedCard } from './refused-card.tsx';
import classes from './timeline.module.css';

interface Props {
  item: TimelineItem;
  now: number;
  myUserId: string;
  contactName: string;
  onRetry: (key: string) => void;
  onEditPending: (send: PendingSend) => void;
  onEdit: (body: string) => void;
}

export const TimelineRow = memo(function TimelineRow(props: Props) {
  const { item, myUserId } = props;
  switch (item.kind) {
    case 'day':
      return (
        <h2 className={classes.day}>
          <span>{dayName(item.at, props.now)}</span>
        </h2>
      );
    case 'event':
      return <EventLine event={item.event} at={item.at} />;
    case 'pending':
      return (
        <PendingBubble
          send={item.send}
          onRetry={() => props.onRetry(item.send.key)}
          onEdit={() => props.onEditPending(item.send)}
        />
      );
    case 'message': {
      const { message } = item;
      if (message.status === 'refused') {
        const author = message.author?.id === myUserId ? 'You' : (message.author?.name ?? 'API');
        return (
          <RefusedCard
            body={message.body}
            author={author}
            at={message.at}
            decision={message.decision}
            message={message.error?.message ?? null}
            onEdit={() => props.onEdit(message.body)}
          />
        );
      }
      return (
        <MessageBubble
          message={message}
          lastOfRun={item.lastOfRun}
          myUserId={myUserId}
          contactName={props.contactName}
        />
      );
    }
  }
});
