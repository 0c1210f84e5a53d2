import { Outlet, useMatchRoute } from '@tanstack/react-router';
import { usePhone } from '../ui/use-width.ts';
import { InboxList } from './inbox-list.tsx';
import classes from './inbox-page.module.css';

/** List on the left, what was chosen beside it. On phones one at a time, by the address. */
export function InboxPage() {
  const phone = usePhone();
  const inThread = useMatchRoute()({ to: '/inbox/$conversationId' }) !== false;
  return (
    <div className={classes.inbox}>
      {(!phone || !inThread) && <InboxList as={phone ? 'main' : 'section'} />}
      {(!phone || inThread) && <Outlet />}
    </div>
  );
}
