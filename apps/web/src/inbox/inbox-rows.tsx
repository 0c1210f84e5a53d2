import { IconArrowUp } from '@tabler/icons-react';
import { useVirtualizer } from '@tanstack/react-virtual';
import { type KeyboardEvent, useEffect, useRef } from 'react';
import type { HeldLock } from '../live/functions.ts';
import { useNow } from '../ui/use-now.ts';
import { usePhone } from '../ui/use-width.ts';
import classes from './inbox-rows.module.css';
import { ThreadListRow } from './thread-list-row.tsx';
import type { Inbox } from './use-inbox.ts';

const ROW = 62;
const ROW_PHONE = 68;
/** How many rows before the end the next page is asked for. */
const AHEAD = 12;

interface Props {
  inbox: Inbox;
  locks: ReadonlyMap<string, HeldLock>;
  openId: string | undefined;
  onPointing: (pointing: boolean) => void;
  onScrolled: (scrolled: boolean) => void;
  onStep: (step: 1 | -1) => void;
}

/** The rows, of which only the visible ones exist. Fixed heights: nothing is measured, nothing jumps. */
export function InboxRows({ inbox, locks, openId, onPointing, onScrolled, onStep }: Props) {
  const phone = usePhone();
  const now = useNow();
  const scroller = useRef<HTMLDivElement>(null);
  const { rows } = inbox;
  const height = phone ? ROW_PHONE : ROW;
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => height,
    getItemKey: (index) => rows[index]?.threadId ?? index,
    overscan: 8,
  });
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new row height is what makes the old sizes wrong.
  useEffect(() => virtual.measure(), [height, virtual]);

  const items = virtual.getVirtualItems();
  const last = items.at(-1)?.index ?? 0;
  const { loadMore } = inbox;
  useEffect(() => {
    if (last >= rows.length - AHEAD) loadMore();
  }, [last, rows.length, loadMore]);

  const openIndex = rows.findIndex((row) => row.conversationId === openId);
  const openRef = useRef(openId);
  useEffect(() => {
    if (openRef.current === openId) return;
    openRef.current = openId;
    if (openIndex >= 0) virtual.scrollToIndex(openIndex, { align: 'auto' });
  }, [openId, openIndex, virtual]);

  function onKeyDown(event: KeyboardEvent) {
    if (event.key !== 'ArrowDown' && event.key !== 'ArrowUp') return;
    event.preventDefault();
    onStep(event.key === 'ArrowDown' ? 1 : -1);
  }

  return (
    <>
      {inbox.waiting > 0 && (
        <button
          type="button"
          className={classes.pill}
          onClick={() => {
            scroller.current?.scrollTo({ top: 0 });
            inbox.letIn();
          }}
        >
          <IconArrowUp size={14} stroke={2} aria-hidden="true" />
          {inbox.waiting} new
        </button>
      )}
      {/* biome-ignore lint/a11y/noStaticElementInteractions: arrow keys move between the links inside; each is reachable by Tab. */}
      <div
        ref={scroller}
        className={classes.scroller}
        onPointerEnter={(event) => onPointing(event.pointerType === 'mouse')}
        onPointerLeave={() => onPointing(false)}
        onScroll={(event) => onScrolled(event.currentTarget.scrollTop > height / 2)}
        onKeyDown={onKeyDown}
      >
        <ul className={classes.rows} style={{ height: virtual.getTotalSize() }}>
          {items.map((item) => {
            const row = rows[item.index];
            if (!row) return null;
            return (
              <li
                key={item.key}
                className={classes.item}
                style={{ transform: `translateY(${item.start}px)`, height }}
                aria-setsize={inbox.hasMore ? -1 : rows.length}
                aria-posinset={item.index + 1}
              >
                <ThreadListRow
                  row={row}
                  lock={locks.get(row.threadId)}
                  open={row.conversationId === openId}
                  now={now}
                />
              </li>
            );
          })}
        </ul>
      </div>
    </>
  );
}
