import { IconAlertTriangle, IconBan, IconCheck, IconChecks, IconClock, IconQuestionMark } from '@tabler/icons-react';
import { memo } from 'react';
import { clock } from '../format/time.ts';
import { type Delivery, delivery } from './delivery.ts';
import { LinkedText } from './linked-text.tsx';
import type { TimelineMessage } from './message.ts';
import classes from './message-bubble.module.css';
import { MessageMedia } from './message-media.tsx';

const ICONS = {
  clock: IconClock,
  check: IconCheck,
  checks: IconChecks,
  warning: IconAlertTriangle,
  question: IconQuestionMark,
  ban: IconBan,
} as const;

interface Props {
  message: TimelineMessage;
  /** Whether the next text is another person's or another state's: only then the line below is shown. */
  lastOfRun: boolean;
  myUserId: string;
  contactName: string;
}

export const MessageBubble = memo(function MessageBubble({ message, lastOfRun, myUserId, contactName }: Props) {
  const ours = message.direction === 'outbound';
  const state = ours ? delivery(message.status, message.error?.message ?? null) : null;
  const author = ours ? authorName(message, myUserId) : contactName;
  return (
    <article
      className={classes.message}
      data-direction={message.direction}
      data-tone={state?.tone}
      data-seq={message.seq}
      aria-label={`${author}, ${clock(message.at)}`}
    >
      {message.media.length > 0 && <MessageMedia media={message.media} author={author} />}
      {(message.body !== '' || message.media.length === 0) && (
        <div className={classes.bubble}>
          <LinkedText text={message.body} />
        </div>
      )}
      {(lastOfRun || state?.tone === 'bad' || state?.tone === 'waiting') && (
        <p className={classes.meta}>
          {ours && (
            <>
              <span>{author}</span>
              <span aria-hidden="true">·</span>
            </>
          )}
          <time dateTime={new Date(message.at).toISOString()}>{clock(message.at)}</time>
          {state && (
            <>
              <span aria-hidden="true">·</span>
              <DeliveryMark delivery={state} code={message.error?.code} />
            </>
          )}
        </p>
      )}
    </article>
  );
});

function authorName(message: TimelineMessage, myUserId: string): string {
  if (!message.author) return 'API';
  return message.author.id === myUserId ? 'You' : message.author.name;
}

export function DeliveryMark({ delivery: state, code }: { delivery: Delivery; code?: string }) {
  const Icon = ICONS[state.icon];
  return (
    <span className={classes.delivery} data-tone={state.tone} title={code ? `Carrier code ${code}` : undefined}>
      <Icon size={14} stroke={1.9} aria-hidden="true" />
      {state.words}
    </span>
  );
}
