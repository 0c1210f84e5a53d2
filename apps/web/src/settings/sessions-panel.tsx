import { Button } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { IconDeviceDesktop, IconDeviceMobile } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { people } from '../api/calls-people.ts';
import { sentence } from '../api/errors.ts';
import type { SignedInPlace } from '../api/types-people.ts';
import { moment } from '../format/time.ts';
import { deviceName } from '../format/user-agent.ts';
import { Chip } from '../ui/chip.tsx';
import { Confirm } from '../ui/confirm.tsx';
import { Loaded } from '../ui/loaded.tsx';
import { useNow } from '../ui/use-now.ts';
import classes from './list.module.css';
import { Panel } from './panel.tsx';
import { sessionsQuery } from './people-queries.ts';

/** Where one is signed in, and a way to end it there. */
export function SessionsPanel() {
  const sessions = useQuery(sessionsQuery);
  const queries = useQueryClient();
  const [leaving, setLeaving] = useState(false);
  const others = sessions.data?.items.some(({ current }) => !current) ?? false;
  return (
    <Panel
      title="Where you are signed in"
      action={
        others && (
          <Button variant="default" onClick={() => setLeaving(true)}>
            Sign out everywhere else
          </Button>
        )
      }
    >
      <Loaded query={sessions} what="The sessions">
        {({ items }) => (
          <ul className={classes.list}>
            {items.map((session) => (
              <Row key={session.id} session={session} />
            ))}
          </ul>
        )}
      </Loaded>
      {leaving && (
        <Confirm
          title="Sign out everywhere else?"
          action="Sign out"
          run={people.endOtherSessions}
          onDone={() => queries.invalidateQueries({ queryKey: sessionsQuery.queryKey })}
          onClose={() => setLeaving(false)}
        >
          You stay signed in here. Texts that are being written elsewhere are kept in those browsers.
        </Confirm>
      )}
    </Panel>
  );
}

function Row({ session }: { session: SignedInPlace }) {
  const queries = useQueryClient();
  const now = useNow();
  const device = deviceName(session.userAgent);
  const end = useMutation({
    mutationFn: () => people.endSession(session.id),
    onSuccess: () => queries.invalidateQueries({ queryKey: sessionsQuery.queryKey }),
    onError: (error) => notifications.show({ color: 'red', title: 'It is still signed in', message: sentence(error) }),
  });
  const Icon = /Android|iPhone|Mobile/.test(session.userAgent ?? '') ? IconDeviceMobile : IconDeviceDesktop;
  return (
    <li className={classes.row}>
      <Icon size={20} stroke={1.7} color="var(--text-3)" aria-hidden="true" />
      <div className={classes.words}>
        <p className={classes.name}>
          {device}
          {session.current && <Chip tone="green">This one</Chip>}
        </p>
        <p className={classes.about}>
          {session.tenant.name}, {session.ip ?? 'address unknown'}, last used{' '}
          {moment(Date.parse(session.lastUsedAt), now)}
        </p>
        <p className={classes.about}>Signed in {moment(Date.parse(session.createdAt), now)}</p>
      </div>
      {!session.current && (
        <div className={classes.actions}>
          <Button
            variant="subtle"
            size="compact-sm"
            c="var(--red)"
            loading={end.isPending}
            aria-label={`Sign out ${device}`}
            onClick={() => end.mutate()}
          >
            Sign out
          </Button>
        </div>
      )}
    </li>
  );
}
