import { useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { useMemo, useState } from 'react';
import { useLiveInbox } from '../live/live-inbox.tsx';
import { useShortcuts } from '../shell/use-shortcuts.ts';
import classes from './inbox-list.module.css';
import { InboxListHead } from './inbox-list-head.tsx';
import { InboxRows } from './inbox-rows.tsx';
import { InboxState } from './inbox-state.tsx';
import { useInbox } from './use-inbox.ts';

/** The list of conversations; the page's main part where it stands alone. */
export function InboxList({ as: Element }: { as: 'main' | 'section' }) {
  const { status = 'open', q = '' } = useSearch({ from: '/desk/inbox' });
  const { conversationId } = useParams({ strict: false });
  const navigate = useNavigate();
  const { locks } = useLiveInbox();
  const [pointing, setPointing] = useState(false);
  const [scrolled, setScrolled] = useState(false);
  const inbox = useInbox(status, q, pointing || scrolled);

  const ids = useMemo(() => inbox.rows.map((row) => row.conversationId), [inbox.rows]);
  const go = (step: 1 | -1) => {
    const at = conversationId ? ids.indexOf(conversationId) : -1;
    const next = at === -1 ? ids[0] : ids[at + step];
    if (next) void navigate({ to: '/inbox/$conversationId', params: { conversationId: next }, search: (old) => old });
  };
  useShortcuts({ j: () => go(1), k: () => go(-1) });

  const empty = !inbox.pending && !inbox.error && inbox.rows.length === 0;
  return (
    <Element className={classes.list} aria-label="Conversations">
      <InboxListHead
        status={status}
        search={q}
        count={inbox.rows.length}
        more={inbox.hasMore}
        loaded={!inbox.pending && !inbox.error}
        alone={Element === 'main'}
      />
      {inbox.pending || empty || (inbox.error && inbox.rows.length === 0) ? (
        <InboxState status={status} search={q} pending={inbox.pending} error={inbox.error} onRetry={inbox.retry} />
      ) : (
        <InboxRows
          inbox={inbox}
          locks={locks}
          openId={conversationId}
          onPointing={setPointing}
          onScrolled={setScrolled}
          onStep={go}
        />
      )}
    </Element>
  );
}
