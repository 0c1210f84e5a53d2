import { Button } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconPlus, IconSearchOff } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { Person } from '../api/types-people.ts';
import { useMay } from '../session/use-may.ts';
import { Loaded } from '../ui/loaded.tsx';
import { StateNote } from '../ui/state-note.tsx';
import { ChangeRole } from './change-role.tsx';
import { Invitations } from './invitations.tsx';
import { InvitePerson } from './invite-person.tsx';
import listClasses from './list.module.css';
import { Panel } from './panel.tsx';
import { peopleQuery } from './people-queries.ts';
import { type PersonAct, PersonConfirm } from './person-confirm.tsx';
import { PersonRow } from './person-row.tsx';
import { SearchField } from './search-field.tsx';

/** From this many people on, looking for one by eye is slow. */
const MANY = 8;

/** Who works here, as what, and who is asked to come. */
export function People() {
  const may = useMay();
  const people = useQuery(peopleQuery);
  const [inviting, invite] = useDisclosure(false);
  const [search, setSearch] = useState('');
  const [asked, ask] = useState<{ act: PersonAct | 'role'; person: Person } | null>(null);
  const manage = may('people.manage');
  const wanted = search.trim().toLowerCase();

  return (
    <>
      <Panel
        title="People"
        action={
          manage && (
            <Button onClick={invite.open} leftSection={<IconPlus size={16} stroke={1.7} aria-hidden="true" />}>
              Invite
            </Button>
          )
        }
      >
        <Loaded query={people} what="The people">
          {({ items }) => {
            const found = items.filter(({ name, email }) => `${name} ${email}`.toLowerCase().includes(wanted));
            return (
              <>
                {items.length >= MANY && (
                  <SearchField label="Search people" placeholder="Name or email" value={search} onChange={setSearch} />
                )}
                {found.length === 0 && (
                  <StateNote
                    icon={<IconSearchOff size={20} stroke={1.7} />}
                    title={`Nobody is called “${search.trim()}”`}
                  >
                    Their name or email here may be another.
                  </StateNote>
                )}
                <ul className={listClasses.list}>
                  {found.map((person) => (
                    <PersonRow key={person.id} person={person} onAct={(act) => ask({ act, person })} />
                  ))}
                </ul>
              </>
            );
          }}
        </Loaded>
      </Panel>
      {manage && <Invitations />}
      {inviting && <InvitePerson onClose={invite.close} />}
      {asked?.act === 'role' && <ChangeRole person={asked.person} onClose={() => ask(null)} />}
      {asked && asked.act !== 'role' && (
        <PersonConfirm act={asked.act} person={asked.person} onClose={() => ask(null)} />
      )}
    </>
  );
}
