import { notifications } from '@mantine/notifications';
import { useQueryClient } from '@tanstack/react-query';
import { people } from '../api/calls-people.ts';
import type { Person } from '../api/types-people.ts';
import { useSession } from '../session/session.ts';
import { Confirm } from '../ui/confirm.tsx';
import { peopleQuery, teamsQuery } from './people-queries.ts';

export type PersonAct = 'remove' | 'sign-out' | 'factor';

interface Words {
  title: string;
  action: string;
  words: string;
  done: string;
  run: () => Promise<unknown>;
}

const ACTS: Record<PersonAct, (person: Person, tenant: string) => Words> = {
  remove: ({ id, name }, tenant) => ({
    title: `Remove ${name}?`,
    action: 'Remove',
    words: `${name} leaves ${tenant} at once and is signed out of it. What they wrote stays. You can invite them again.`,
    done: `${name} no longer works here.`,
    run: () => people.remove(id),
  }),
  'sign-out': ({ id, name }) => ({
    title: `Sign ${name} out everywhere?`,
    action: 'Sign out',
    words: 'On every device. They can sign in again with their password and their second factor.',
    done: `${name} is signed out everywhere.`,
    run: () => people.signOutEverywhere(id),
  }),
  factor: ({ id, name }) => ({
    title: `Switch off ${name}’s second factor?`,
    action: 'Switch off',
    words:
      'Do this only when you are sure that it is them who asks, for instance because their phone is lost. They are told by email and should set it up again.',
    done: `${name} signs in with the password alone now.`,
    run: () => people.dropTwoFactor(id),
  }),
};

export function PersonConfirm({ act, person, onClose }: { act: PersonAct; person: Person; onClose: () => void }) {
  const { me } = useSession();
  const queries = useQueryClient();
  const { title, action, words, done, run } = ACTS[act](person, me.tenant.name);
  return (
    <Confirm
      title={title}
      action={action}
      run={run}
      onDone={async () => {
        // Who left has no desk here any more; the page finds out from the server.
        if (act === 'remove' && person.id === me.user.id) return window.location.assign('/');
        await Promise.all([
          queries.invalidateQueries({ queryKey: peopleQuery.queryKey }),
          queries.invalidateQueries({ queryKey: teamsQuery.queryKey }),
        ]);
        notifications.show({ message: done });
      }}
      onClose={onClose}
    >
      {words}
    </Confirm>
  );
}
