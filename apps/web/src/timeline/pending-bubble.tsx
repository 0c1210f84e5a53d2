import { Button } from '@mantine/core';
import { IconAlertTriangle, IconClock, IconRefresh } from '@tabler/icons-react';
import type { PendingSend } from '../composer/send-queue.ts';
import { clock } from '../format/time.ts';
import bubble from './message-bubble.module.css';
import { MessageMedia } from './message-media.tsx';
import classes from './pending-bubble.module.css';
import { RefusedCard } from './refused-card.tsx';

interface Props {
  send: PendingSend;
  onRetry: () => void;
  /** Puts the words back into the composer and forgets this attempt. */
  onEdit: () => void;
}

/** A text that is still on its way, or that did not get there. */
export function PendingBubble({ send, onRetry, onEdit }: Props) {
  if (send.state === 'refused') {
    return (
      <RefusedCard
        body={send.input.body}
        author="You"
        at={send.composedAt}
        decision={send.decision}
        message={send.problem}
        onEdit={onEdit}
      />
    );
  }
  return (
    <article
      className={bubble.message}
      data-direction="outbound"
      data-pending=""
      aria-label={`You, ${clock(send.composedAt)}`}
    >
      {send.media.length > 0 && <MessageMedia media={send.media} author="You" />}
      {send.input.body !== '' && <div className={bubble.bubble}>{send.input.body}</div>}
      <p className={bubble.meta}>
        <span>You</span>
        <span aria-hidden="true">·</span>
        <time dateTime={new Date(send.composedAt).toISOString()}>{clock(send.composedAt)}</time>
        <span aria-hidden="true">·</span>
        <State send={send} />
      </p>
      {send.state === 'stuck' && (
        <div className={classes.actions}>
          <Button variant="default" size="compact-sm" onClick={onRetry}>
            Try again
          </Button>
          {!send.uncertain && (
            <Button variant="subtle" size="compact-sm" onClick={onEdit}>
              Edit
            </Button>
          )}
        </div>
      )}
    </article>
  );
}

function State({ send }: { send: PendingSend }) {
  if (send.state === 'stuck') {
    const words = send.uncertain
      ? 'Not confirmed: it may have been sent. Trying again cannot send it twice.'
      : `Not sent. ${send.problem ?? ''}`;
    return (
      <span className={bubble.delivery} data-tone="bad" role="alert">
        <IconAlertTriangle size={14} stroke={1.9} aria-hidden="true" />
        {words}
      </span>
    );
  }
  if (send.state === 'retrying' || send.attempts > 1) {
    return (
      <span className={bubble.delivery} data-tone="waiting" role="status">
        <IconRefresh size={14} stroke={1.9} aria-hidden="true" />
        Not confirmed yet, trying again
      </span>
    );
  }
  return (
    <span className={bubble.delivery}>
      <IconClock size={14} stroke={1.9} aria-hidden="true" />
      {send.state === 'accepted' ? 'Queued' : 'Sending'}
    </span>
  );
}
