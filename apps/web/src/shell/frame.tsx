import { useDisclosure } from '@mantine/hooks';
import { useLocation, useMatchRoute } from '@tanstack/react-router';
import { lazy, type ReactNode, Suspense, useEffect } from 'react';
import { Bell } from '../live/bell.tsx';
import { useLiveInbox } from '../live/live-inbox.tsx';
import { useSession } from '../session/session.ts';
import { ConnectionBar } from './connection-bar.tsx';
import classes from './frame.module.css';
import { FrameContext } from './frame-context.ts';
import { Rail } from './rail.tsx';
import { TopBar } from './top-bar.tsx';
import { useShortcuts } from './use-shortcuts.ts';

const Palette = lazy(() => import('./palette.tsx').then((module) => ({ default: module.Palette })));
const KeyboardHelp = lazy(() => import('./keyboard-help.tsx').then((module) => ({ default: module.KeyboardHelp })));
const NewMessage = lazy(() => import('../composer/new-message.tsx').then((module) => ({ default: module.NewMessage })));

const PLACES = [
  ['/settings', 'Settings'],
  ['/contacts', 'Contacts'],
] as const;

/** What stands around every page: rail, top bar, connection bar, and what can be opened from anywhere. */
export function Frame({ children }: { children: ReactNode }) {
  const { me } = useSession();
  const { unread } = useLiveInbox();
  const [helpOpen, help] = useDisclosure(false);
  const [newOpen, newMessage] = useDisclosure(false);
  const { pathname } = useLocation();
  const inThread = useMatchRoute()({ to: '/inbox/$conversationId' }) !== false;

  useShortcuts({ '?': help.open, n: newMessage.open });

  useEffect(() => {
    const page = PLACES.find(([path]) => pathname.startsWith(path))?.[1] ?? 'Inbox';
    document.title = `${unread > 0 ? `(${unread}) ` : ''}${page} · ${me.tenant.name}`;
  }, [unread, pathname, me.tenant.name]);

  return (
    <FrameContext value={{ openHelp: help.open, openNewMessage: newMessage.open }}>
      <div className={classes.frame} data-pane={inThread ? 'thread' : 'list'}>
        <a className={classes.skip} href="#page">
          Skip to the page
        </a>
        <Rail unread={unread} />
        <TopBar />
        <div className={classes.page} id="page">
          <ConnectionBar />
          {children}
        </div>
      </div>
      <Bell />
      <Suspense>
        <Palette />
        {helpOpen && <KeyboardHelp onClose={help.close} />}
        {newOpen && <NewMessage onClose={newMessage.close} />}
      </Suspense>
    </FrameContext>
  );
}
