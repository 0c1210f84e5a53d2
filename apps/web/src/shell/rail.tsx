import { IconAddressBook, IconAdjustmentsHorizontal, IconInbox } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { Mark } from '../ui/mark.tsx';
import classes from './rail.module.css';

const ICON = { size: 18, stroke: 1.7, 'aria-hidden': true } as const;

/** The places of the desk: on the left, on phones at the bottom. */
export function Rail({ unread }: { unread: number }) {
  return (
    <nav className={classes.rail} aria-label="Places">
      <span className={classes.mark}>
        <Mark />
      </span>
      <Link to="/inbox" className={classes.item}>
        <IconInbox {...ICON} />
        Inbox
        {unread > 0 && (
          <span className={classes.badge}>
            {unread > 99 ? '99+' : unread}
            <span className="sr-only"> unread</span>
          </span>
        )}
      </Link>
      <Link to="/contacts" className={classes.item}>
        <IconAddressBook {...ICON} />
        Contacts
      </Link>
      <span className={classes.space} />
      <Link to="/settings" className={classes.item}>
        <IconAdjustmentsHorizontal {...ICON} />
        Settings
      </Link>
    </nav>
  );
}
