import { IconAlertTriangle, IconInbox, IconSearch } from '@tabler/icons-react';
import { useNavigate } from '@tanstack/react-router';
import { sentence } from '../api/errors.ts';
import type { StatusFilter } from '../api/types.ts';
import { useFrame } from '../shell/frame-context.ts';
import { StateNote } from '../ui/state-note.tsx';
import { useLate } from '../ui/use-late.ts';
import classes from './inbox-state.module.css';

const ICON = { size: 20, stroke: 1.7, 'aria-hidden': true } as const;
const BLOCKS = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'];

interface Props {
  status: StatusFilter;
  search: string;
  pending: boolean;
  error: Error | null;
  onRetry: () => void;
}

/** The list without rows: loading, failed, nothing found, nothing there. */
export function InboxState({ status, search, pending, error, onRetry }: Props) {
  const { openNewMessage } = useFrame();
  const navigate = useNavigate();
  const late = useLate(pending);

  if (error) {
    return (
      <StateNote
        icon={<IconAlertTriangle {...ICON} />}
        tone="error"
        title="The conversations did not load"
        action={{ label: 'Try again', onClick: onRetry }}
      >
        {sentence(error)}
      </StateNote>
    );
  }
  if (pending) {
    return (
      <div className={classes.loading} role="status" aria-label="Loading conversations">
        {late &&
          BLOCKS.map((block) => (
            <div key={block} className={classes.row}>
              <span className={classes.round} />
              <span className={classes.lines}>
                <span className={classes.line} />
                <span className={classes.line} />
              </span>
            </div>
          ))}
      </div>
    );
  }
  if (search) {
    return (
      <StateNote
        icon={<IconSearch {...ICON} />}
        title={`Nothing found for “${search}”`}
        action={
          status === 'all'
            ? undefined
            : {
                label: 'Search all conversations',
                onClick: () => void navigate({ to: '.', search: (old) => ({ ...old, status: 'all' as const }) }),
              }
        }
      >
        {status === 'all'
          ? 'Try a part of a name, a number, or a word somebody wrote.'
          : `Only ${status} conversations were searched.`}
      </StateNote>
    );
  }
  if (status === 'closed') {
    return (
      <StateNote icon={<IconInbox {...ICON} />} title="No conversation is closed">
        When one is done, press E. It comes back by itself when the person texts again.
      </StateNote>
    );
  }
  return (
    <StateNote
      icon={<IconInbox {...ICON} />}
      title="Nothing is waiting"
      action={{ label: 'New message', onClick: openNewMessage }}
    >
      New texts land here the moment they arrive. You can also write first.
    </StateNote>
  );
}
