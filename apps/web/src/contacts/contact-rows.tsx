import { useVirtualizer } from '@tanstack/react-virtual';
import { type KeyboardEvent, useEffect, useRef } from 'react';
import type { FoundContact } from '../api/types-contacts.ts';
import { usePhone } from '../ui/use-width.ts';
import { ContactRow } from './contact-row.tsx';
import classes from './contact-rows.module.css';

const ROW = 56;
const ROW_PHONE = 66;
/** How many rows before the end the next page is asked for. */
const AHEAD = 15;

interface Props {
  rows: FoundContact[];
  /** The rows of the question before; the answer to this one is on its way. */
  stale: boolean;
  hasMore: boolean;
  failed: boolean;
  loadMore: () => void;
}

/** Puts the focus on a row that is on the screen. */
export function focusRow(index: number): void {
  document.querySelector<HTMLElement>(`[data-contact-row="${index}"] a`)?.focus();
}

/** The rows, of which only the visible ones exist. Up and down move between them, Enter opens. */
export function ContactRows({ rows, stale, hasMore, failed, loadMore }: Props) {
  const phone = usePhone();
  const scroller = useRef<HTMLDivElement>(null);
  const height = phone ? ROW_PHONE : ROW;
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => height,
    getItemKey: (index) => rows[index]?.id ?? index,
    overscan: 10,
  });
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new row height is what makes the old sizes wrong.
  useEffect(() => virtual.measure(), [height, virtual]);

  const items = virtual.getVirtualItems();
  const last = items.at(-1)?.index ?? 0;
  useEffect(() => {
    if (hasMore && !failed && last >= rows.length - AHEAD) loadMore();
  }, [hasMore, failed, last, rows.length, loadMore]);

  function onKeyDown(event: KeyboardEvent) {
    const at = Number((event.target as HTMLElement).closest('[data-contact-row]')?.getAttribute('data-contact-row'));
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: rows.length - 1 }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    if (to < 0) document.querySelector<HTMLElement>('main input[type="search"]')?.focus();
    if (to < 0 || to >= rows.length) return;
    virtual.scrollToIndex(to, { align: 'auto' });
    requestAnimationFrame(() => focusRow(to));
  }

  return (
    <div ref={scroller} className={classes.scroller} data-stale={stale || undefined}>
      <ul
        className={classes.rows}
        style={{ height: virtual.getTotalSize() }}
        aria-label="Contacts"
        aria-busy={stale}
        onKeyDown={onKeyDown}
      >
        {items.map((item) => {
          const contact = rows[item.index];
          if (contact === undefined) return null;
          return (
            <li
              key={item.key}
              className={classes.item}
              data-contact-row={item.index}
              style={{ transform: `translateY(${item.start}px)`, height }}
              aria-setsize={hasMore ? -1 : rows.length}
              aria-posinset={item.index + 1}
            >
              <ContactRow contact={contact} />
            </li>
          );
        })}
      </ul>
      {failed && (
        <div className={classes.more} role="alert">
          The next contacts did not load.
          <button type="button" className={classes.again} onClick={loadMore}>
            Try again
          </button>
        </div>
      )}
    </div>
  );
}
