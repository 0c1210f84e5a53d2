import { Button } from '@mantine/core';
import { IconPlus, IconUsersGroup } from '@tabler/icons-react';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { api } from '../api/calls.ts';
import { people } from '../api/calls-people.ts';
import type { Team } from '../api/types-people.ts';
import { phone } from '../format/phone.ts';
import { Chip } from '../ui/chip.tsx';
import { Confirm } from '../ui/confirm.tsx';
import { Loaded } from '../ui/loaded.tsx';
import { StateNote } from '../ui/state-note.tsx';
import { EditTeam } from './edit-team.tsx';
import classes from './list.module.css';
import { Panel } from './panel.tsx';
import { peopleQuery, teamsQuery } from './people-queries.ts';

/** Who answers which number. */
export function Teams() {
  const teams = useQuery(teamsQuery);
  const [editing, edit] = useState<Team | 'new' | null>(null);
  const [leaving, setLeaving] = useState<Team | null>(null);
  const queries = useQueryClient();
  return (
    <>
      <Panel
        title="Teams"
        action={
          <Button onClick={() => edit('new')} leftSection={<IconPlus size={16} stroke={1.7} aria-hidden="true" />}>
            New team
          </Button>
        }
      >
        <Loaded query={teams} what="The teams">
          {({ items }) =>
            items.length === 0 ? (
              <StateNote icon={<IconUsersGroup size={20} stroke={1.7} />} title="There are no teams">
                Everybody sees every conversation. Make a team and give it numbers, and only its people and supervisors
                see what comes in there.
              </StateNote>
            ) : (
              <>
                <p className={classes.lead}>
                  Texts to a team’s numbers are seen by its people, and by supervisors and above. Numbers without a team
                  are everybody’s.
                </p>
                <ul className={classes.list}>
                  {items.map((team) => (
                    <Row key={team.id} team={team} onEdit={() => edit(team)} onDelete={() => setLeaving(team)} />
                  ))}
                </ul>
              </>
            )
          }
        </Loaded>
      </Panel>
      {editing && <EditTeam team={editing === 'new' ? null : editing} onClose={() => edit(null)} />}
      {leaving && (
        <Confirm
          title={`Delete the team “${leaving.name}”?`}
          action="Delete"
          keep="Keep it"
          run={() => people.deleteTeam(leaving.id)}
          onDone={() =>
            Promise.all([
              queries.invalidateQueries({ queryKey: teamsQuery.queryKey }),
              queries.invalidateQueries({ queryKey: peopleQuery.queryKey }),
            ])
          }
          onClose={() => setLeaving(null)}
        >
          {leaving.numberIds.length === 0
            ? 'Its people stay; they only no longer belong together.'
            : 'Its numbers become everybody’s: all agents see the conversations on them. Its people stay.'}
        </Confirm>
      )}
    </>
  );
}

function Row({ team, onEdit, onDelete }: { team: Team; onEdit: () => void; onDelete: () => void }) {
  const everybody = useQuery(peopleQuery);
  const numbers = useQuery({ queryKey: ['numbers'], queryFn: api.numbers });
  const names = (everybody.data?.items ?? []).filter(({ id }) => team.memberIds.includes(id)).map(({ name }) => name);
  const own = (numbers.data?.items ?? []).filter(({ id }) => team.numberIds.includes(id));
  return (
    <li className={classes.row}>
      <div className={classes.words}>
        <p className={classes.name}>{team.name}</p>
        <p className={classes.about}>
          {team.memberIds.length === 0 ? 'Nobody is in it yet' : names.join(', ') || `${team.memberIds.length} people`}
        </p>
      </div>
      <div className={classes.chips}>
        {own.map((number) => (
          <Chip key={number.id}>{phone(number.e164)}</Chip>
        ))}
      </div>
      <div className={classes.actions}>
        <Button variant="subtle" size="compact-sm" aria-label={`Change ${team.name}`} onClick={onEdit}>
          Change
        </Button>
        <Button variant="subtle" size="compact-sm" c="var(--red)" aria-label={`Delete ${team.name}`} onClick={onDelete}>
          Delete
        </Button>
      </div>
    </li>
  );
}
