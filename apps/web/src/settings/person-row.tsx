import { Menu } from '@mantine/core';
import { IconDots, IconShieldCheck, IconShieldOff } from '@tabler/icons-react';
import type { Person } from '../api/types-people.ts';
import { ROLE_WORDS } from '../format/roles.ts';
import { moment } from '../format/time.ts';
import { useSession } from '../session/session.ts';
import { useMay } from '../session/use-may.ts';
import { Avatar } from '../ui/avatar.tsx';
import { Chip } from '../ui/chip.tsx';
import { IconButton } from '../ui/icon-button.tsx';
import { useNow } from '../ui/use-now.ts';
import classes from './list.module.css';
import type { PersonAct } from './person-confirm.tsx';

/** One person: name, role, teams, second factor, and what may be done. */
export function PersonRow({ person, onAct }: { person: Person; onAct: (act: PersonAct | 'role') => void }) {
  const { me } = useSession();
  const may = useMay();
  const now = useNow();
  const self = person.id === me.user.id;
  // Owners are made and unmade by owners only.
  const manage = may('people.manage') && (person.role !== 'owner' || may('owners.manage'));
  const dropFactor = may('owners.manage') && person.twoFactor && !self;
  return (
    <li className={classes.row}>
      <Avatar name={person.name} seed={person.id} />
      <div className={classes.words}>
        <p className={classes.name}>
          {person.name}
          {self && <Chip>You</Chip>}
        </p>
        <p className={classes.about}>
          {ROLE_WORDS[person.role].label}, {person.email}
        </p>
        {may('people.manage') && (
          <p className={classes.about}>
            {person.lastSeenAt ? `Last here ${moment(Date.parse(person.lastSeenAt), now)}` : 'Not signed in yet'}
          </p>
        )}
      </div>
      <div className={classes.chips}>
        {person.teams.map((team) => (
          <Chip key={team.id}>{team.name}</Chip>
        ))}
        {person.twoFactor ? (
          <Chip tone="green" icon={<IconShieldCheck size={12} stroke={1.7} aria-hidden="true" />}>
            Second factor
          </Chip>
        ) : (
          may('people.manage') && (
            <Chip icon={<IconShieldOff size={12} stroke={1.7} aria-hidden="true" />}>Password only</Chip>
          )
        )}
      </div>
      {manage && (
        <div className={classes.actions}>
          <Menu position="bottom-end" withinPortal>
            <Menu.Target>
              <IconButton label={`More for ${person.name}`}>
                <IconDots size={18} stroke={1.7} />
              </IconButton>
            </Menu.Target>
            <Menu.Dropdown>
              <Menu.Item onClick={() => onAct('role')}>Change role…</Menu.Item>
              {!self && <Menu.Item onClick={() => onAct('sign-out')}>Sign out everywhere…</Menu.Item>}
              {dropFactor && <Menu.Item onClick={() => onAct('factor')}>Switch off second factor…</Menu.Item>}
              <Menu.Item color="red" onClick={() => onAct('remove')}>
                {self ? 'Leave this company…' : 'Remove…'}
              </Menu.Item>
            </Menu.Dropdown>
          </Menu>
        </div>
      )}
    </li>
  );
}
