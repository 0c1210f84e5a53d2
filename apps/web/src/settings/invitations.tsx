import { Button } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { people } from '../api/calls-people.ts';
import { sentence } from '../api/errors.ts';
import type { Invitation } from '../api/types-people.ts';
import { ROLE_WORDS } from '../format/roles.ts';
import { moment } from '../format/time.ts';
import { Chip } from '../ui/chip.tsx';
import { Confirm } from '../ui/confirm.tsx';
import { Loaded } from '../ui/loaded.tsx';
import { useNow } from '../ui/use-now.ts';
import classes from './list.module.css';
import { Panel } from './panel.tsx';
import { invitationsQuery } from './people-queries.ts';

/** Who was asked to come and has not come yet. */
export function Invitations() {
  const invitations = useQuery(invitationsQuery);
  const queries = useQueryClient();
  const [leaving, setLeaving] = useState<Invitation | null>(null);
  return (
    <Panel title="Invitations">
      <Loaded query={invitations} what="The invitations">
        {({ items }) =>
          items.length === 0 ? (
            <p className={classes.lead}>Nobody is invited at the moment. Who you invite gets a link by email.</p>
          ) : (
            <ul className={classes.list}>
              {items.map((invitation) => (
                <Row key={invitation.id} invitation={invitation} onTakeBack={() => setLeaving(invitation)} />
              ))}
            </ul>
          )
        }
      </Loaded>
      {leaving && (
        <Confirm
          title={`Take back the invitation to ${leaving.email}?`}
          action="Take it back"
          keep="Keep it"
          run={() => people.takeBack(leaving.id)}
          onDone={() => queries.invalidateQueries({ queryKey: invitationsQuery.queryKey })}
          onClose={() => setLeaving(null)}
        >
          The link in their email stops working. You can invite them again.
        </Confirm>
      )}
    </Panel>
  );
}

function Row({ invitation, onTakeBack }: { invitation: Invitation; onTakeBack: () => void }) {
  const queries = useQueryClient();
  const now = useNow();
  const expires = Date.parse(invitation.expiresAt);
  const again = useMutation({
    mutationFn: () => people.inviteAgain(invitation.id),
    onSuccess: async () => {
      await queries.invalidateQueries({ queryKey: invitationsQuery.queryKey });
      notifications.show({ message: `${invitation.email} gets a new link. The one before it no longer works.` });
    },
    onError: (error) =>
      notifications.show({ color: 'red', title: 'The invitation was not sent again', message: sentence(error) }),
  });
  return (
    <li className={classes.row}>
      <div className={classes.words}>
        <p className={classes.name}>
          {invitation.email}
          {expires < now && <Chip tone="ochre">Expired</Chip>}
        </p>
        <p className={classes.about}>
          {ROLE_WORDS[invitation.role].label}
          {invitation.invitedBy && `, invited by ${invitation.invitedBy.name}`}
          {expires >= now && `, good until ${moment(expires, now)}`}
        </p>
      </div>
      <div className={classes.actions}>
        <Button
          variant="subtle"
          size="compact-sm"
          loading={again.isPending}
          aria-label={`Send again to ${invitation.email}`}
          onClick={() => again.mutate()}
        >
          Send again
        </Button>
        <Button
          variant="subtle"
          size="compact-sm"
          c="var(--red)"
          aria-label={`Take back ${invitation.email}`}
          onClick={onTakeBack}
        >
          Take back
        </Button>
      </div>
    </li>
  );
}
