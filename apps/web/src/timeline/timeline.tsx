import { IconAlertTriangle, IconArrowDown, IconMessage } from '@tabler/icons-react';
import { useCallback, useMemo, useRef } from 'react';
import { sentence } from '../api/errors.ts';
import type { ContactEvent } from '../api/types-contacts.ts';
import type { PendingSend } from '../composer/send-queue.ts';
import { callName } from '../format/phone.ts';
import type { ThreadRow } from '../inbox/thread-row.ts';
import { useSession } from '../session/session.ts';
import { StateNote } from '../ui/state-note.tsx';
import { useLate } from '../ui/use-late.ts';
import { useNow } from '../ui/use-now.ts';
import { timelineItems } from './items.ts';
import classes from './timeline.module.css';
import { TimelineRow } from './timeline-row.tsx';
import type { Timeline as TimelineState, TimelineStore } from './timeline-store.ts';
import { useReading } from './use-reading.ts';
import { useScroll } from './use-scroll.ts';

interface Props {
  row: ThreadRow;
  timeline: TimelineState;
  store: TimelineStore;
  unread: number;
  pending: readonly PendingSend[];
  events: readonly ContactEvent[];
  onRetry: (key: string) => void;
  onEditPending: (send: PendingSend) => void;
  onEdit: (body: string) => void;
}

export function Timeline(props: Props) {
  const { row, timeline, store, unread, pending, events } = props;
  const { me } = useSession();
  const now = useNow();
  const { messages } = timeline;
  const newest = messages.at(-1)?.seq ?? 0;
  const items = useMemo(
    () => timelineItems(messages, events, pending, timeline.hasOlder),
    [messages, events, pending, timeline.hasOlder],
  );

  const failedOlder = timeline.failed === 'older';
  const onNearTop = useCallback(() => {
    if (!failedOlder) void store.loadOlder();
  }, [store, failedOlder]);
  const { ref, content, atBottom, onScroll, toBottom } = useScroll({
    firstKey: messages[0]?.id,
    lastKey: items.at(-1)?.key,
    onNearTop,
  });
  useReading(row.conversationId, newest, unread, atBottom);

  const seen = useRef(0);
  if (atBottom) seen.current = newest;
  const unseen = messages.filter((message) => message.seq > seen.current).length;

  // Somebody who has just sent something wants to see it.
  const sent = useRef(pending.length);
  if (pending.length > sent.current) queueMicrotask(toBottom);
  sent.current = pending.length;

  const late = useLate(!timeline.ready && timeline.failed === null);
  return (
    <div className={classes.place}>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard. */}
      <div ref={ref} className={classes.scroller} onScroll={onScroll} tabIndex={0} role="log" aria-label="Timeline">
        <div ref={content} className={classes.content}>
          {failedOlder && (
            <StateNote
              icon={<IconAlertTriangle size={20} stroke={1.7} />}
              tone="error"
              title="Older texts did not load"
              action={{ label: 'Try again', onClick: () => void store.loadOlder(), loading: timeline.loadingOlder }}
            >
              What you see is still live.
            </StateNote>
          )}
          {timeline.hasOlder && !failedOlder && <p className={classes.older}>Loading older texts…</p>}
          {late && <Loading />}
          {timeline.failed === 'first' && messages.length === 0 && (
            <StateNote
              icon={<IconAlertTriangle size={20} stroke={1.7} />}
              tone="error"
              title="The texts did not load"
              action={{ label: 'Try again', onClick: () => void store.loadFirst() }}
            >
              {sentence(timeline.problem)}
            </StateNote>
          )}
          {timeline.ready && items.length === 0 && (
            <StateNote icon={<IconMessage size={20} stroke={1.7} />} title="No texts yet">
              Write the first one below.
            </StateNote>
          )}
          {items.map((item) => (
            <TimelineRow
              key={item.key}
              item={item}
              now={now}
              myUserId={me.user.id}
              contactName={callName(row.contact)}
              onRetry={props.onRetry}
              onEditPending={props.onEditPending}
              onEdit={props.onEdit}
            />
          ))}
        </div>
      </div>
      {!atBottom && unseen > 0 && (
        <button type="button" className={classes.pill} onClick={toBottom}>
          {unseen === 1 ? '1 new message' : `${unseen} new messages`}
          <IconArrowDown size={14} stroke={2} aria-hidden="true" />
        </button>
      )}
    </div>
  );
}

const SHAPES = [
  { key: 'a', side: 'in', width: '46%' },
  { key: 'b', side: 'out', width: '58%' },
  { key: 'c', side: 'in', width: '34%' },
];

function Loading() {
  return (
    <div role="status" aria-label="Loading texts" className={classes.loading}>
      {SHAPES.map(({ key, side, width }) => (
        <span key={key} className={classes.block} data-side={side} style={{ width }} />
      ))}
    </div>
  );
}
