import { IconAlertTriangle, IconArrowBackUp, IconBan, IconLock, IconMessageCircle } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { memo } from 'react';
import { callName } from '../format/phone.ts';
import { clock, shortTime } from '../format/time.ts';
import type { HeldLock } from '../live/functions.ts';
import { useSession } from '../session/session.ts';
import { Avatar } from '../ui/avatar.tsx';
import { Chip } from '../ui/chip.tsx';
import classes from './thread-list-row.module.css';
import type { ThreadRow } from './thread-row.ts';

const CHIP_ICON = { size: 12, stroke: 1.9, 'aria-hidden': true } as const;
const BAD = new Set(['refused', 'failed', 'undelivered', 'unknown']);

interface Props {
  row: ThreadRow;
  lock: HeldLock | undefined;
  open: boolean;
  now: number;
}

/** One conversation in the list. Each fact has one place: who, when, what was said last, and what is special about it. */
export const ThreadListRow = memo(function ThreadListRow({ row, lock, open, now }: Props) {
  const last = row.lastMessage;
  const unread = row.unread > 0;
  return (
    <Link
      to="/inbox/$conversationId"
      params={{ conversationId: row.conversationId }}
      search={(old) => ({ ...old, pane: undefined })}
      preload={false}
      className={classes.row}
      data-unread={unread || undefined}
      data-open={open || undefined}
      aria-current={open ? 'page' : undefined}
      draggable={false}
    >
      <span className={classes.avatar}>
        <Avatar name={row.contact.name} seed={row.contact.id} />
        <span className={classes.channel}>
          <IconMessageCircle size={12} stroke={2} aria-hidden="true" />
        </span>
      </span>
      <span className={classes.lines}>
        <span className={classes.line}>
          <span className={`${classes.name} truncate`}>{callName(row.contact)}</span>
          {last && (
            <time className={classes.time} dateTime={new Date(last.at).toISOString()} title={clock(last.at)}>
              {shortTime(last.at, now)}
            </time>
          )}
        </span>
        <span className={classes.line}>
          <span className={`${classes.body} truncate`}>
            {last?.direction === 'outbound' && (
              <>
                <IconArrowBackUp size={13} stroke={1.9} className={classes.ours} aria-hidden="true" />
                <span className="sr-only">We wrote: </span>
              </>
            )}
            {last?.body ?? 'No texts yet'}
          </span>
          <Fact row={row} lock={lock} />
        </span>
      </span>
    </Link>
  );
});

/** The one fact of a row that matters most. */
function Fact({ row, lock }: { row: ThreadRow; lock: HeldLock | undefined }) {
  const { me } = useSession();
  if (lock) {
    const mine = lock.holder.userId === me.user.id;
    return (
      <Chip tone={mine ? 'accent' : 'violet'} icon={<IconLock {...CHIP_ICON} />}>
        <span className="truncate">{mine ? 'You' : lock.holder.name.split(' ')[0]}</span>
        <span className="sr-only"> answering</span>
      </Chip>
    );
  }
  if (row.unread > 0) {
    return (
      <span className={classes.badge}>
        {row.unread > 99 ? '99+' : row.unread}
        <span className="sr-only"> unread</span>
      </span>
    );
  }
  if (row.smsOff) {
    return (
      <Chip tone="red" icon={<IconBan {...CHIP_ICON} />}>
        SMS off
      </Chip>
    );
  }
  if (row.lastMessage && BAD.has(row.lastMessage.status)) {
    return (
      <span className={classes.bad} title="The last text did not go out">
        <IconAlertTriangle size={16} stroke={1.7} aria-hidden="true" />
        <span className="sr-only">The last text did not go out</span>
      </span>
    );
  }
  return null;
}
