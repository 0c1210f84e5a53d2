import { useQueryClient, useSuspenseQuery } from '@tanstack/react-query';
import { Outlet, useNavigate } from '@tanstack/react-router';
import { ConvexProvider, type ConvexReactClient } from 'convex/react';
import { useEffect, useMemo, useState } from 'react';
import { onSessionEnded } from '../api/client.ts';
import { ComposerProvider } from '../composer/composer-context.tsx';
import { connectHotTier } from '../live/hot-client.ts';
import { LiveInboxProvider } from '../live/live-inbox.tsx';
import { tabId as establishTabId } from '../live/tab-id.ts';
import { meQuery } from '../session/load-session.ts';
import { SessionContext } from '../session/session.ts';
import { useAccent } from '../theme/use-accent.ts';
import { Frame } from './frame.tsx';

/** Everything behind the sign-in: the session, the live connection, and the frame around the pages. */
export function Desk() {
  const { data: me } = useSuspenseQuery(meQuery);
  const [hot, setHot] = useState<ConvexReactClient | null>(null);
  const [tabId, setTabId] = useState<string | null>(null);
  useAccent(me.branding.accent);
  const navigate = useNavigate();
  const queries = useQueryClient();

  useEffect(() => {
    const client = connectHotTier(me.hotUrl);
    setHot(client);
    return () => {
      setHot(null);
      void client.close();
    };
  }, [me.hotUrl]);

  useEffect(() => {
    let gone = false;
    void establishTabId().then((id) => {
      if (!gone) setTabId(id);
    });
    return () => {
      gone = true;
    };
  }, []);

  useEffect(
    () =>
      onSessionEnded(() => {
        // Several requests find out at once; the first one remembers where we were.
        if (window.location.pathname === '/sign-in') return;
        queries.removeQueries({ queryKey: meQuery.queryKey });
        const to = window.location.pathname + window.location.search;
        void navigate({ to: '/sign-in', search: { to }, replace: true });
      }),
    [navigate, queries],
  );

  const session = useMemo(() => (hot && tabId ? { me, tabId, hot } : null), [me, tabId, hot]);
  if (!session) return null;
  return (
    <SessionContext value={session}>
      <ConvexProvider client={session.hot}>
        <LiveInboxProvider>
          <ComposerProvider>
            <Frame>
              <Outlet />
            </Frame>
          </ComposerProvider>
        </LiveInboxProvider>
      </ConvexProvider>
    </SessionContext>
  );
}
