import { Button, Checkbox, Group, Modal, TextInput } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { api } from '../api/calls.ts';
import { people } from '../api/calls-people.ts';
import type { Team } from '../api/types-people.ts';
import { phone } from '../format/phone.ts';
import { FormNote } from '../ui/form-note.tsx';
import { noteOf, problemsOf } from './field-problems.ts';
import classes from './list.module.css';
import { peopleQuery, teamsQuery } from './people-queries.ts';

/** A team's name, its people and its numbers, saved together. */
export function EditTeam({ team, onClose }: { team: Team | null; onClose: () => void }) {
  const queries = useQueryClient();
  const everybody = useQuery(peopleQuery);
  const numbers = useQuery({ queryKey: ['numbers'], queryFn: api.numbers });
  const teams = useQuery(teamsQuery);
  const [name, setName] = useState(team?.name ?? '');
  const [memberIds, setMembers] = useState(team?.memberIds ?? []);
  const [numberIds, setNumbers] = useState(team?.numberIds ?? []);

  const save = useMutation({
    mutationFn: async () => {
      const before = team ?? {
        id: (await people.makeTeam(name.trim())).id,
        name: name.trim(),
        memberIds: [],
        numberIds: [],
      };
      if (before.name !== name.trim()) await people.renameTeam(before.id, name.trim());
      if (!same(before.memberIds, memberIds)) await people.setMembers(before.id, memberIds);
      for (const id of numberIds.filter((each) => !before.numberIds.includes(each))) {
        await api.changeNumber(id, { teamId: before.id });
      }
      for (const id of before.numberIds.filter((each) => !numberIds.includes(each))) {
        await api.changeNumber(id, { teamId: null });
      }
    },
    onSuccess: onClose,
    // What was saved before something went wrong is shown as it is now.
    onSettled: () =>
      Promise.all([
        queries.invalidateQueries({ queryKey: teamsQuery.queryKey }),
        queries.invalidateQueries({ queryKey: peopleQuery.queryKey }),
      ]),
  });
  const note = noteOf(save.error, ['name']);

  function teamOf(numberId: string): string | null {
    const other = teams.data?.items.find((each) => each.id !== team?.id && each.numberIds.includes(numberId));
    return other?.name ?? null;
  }

  function submit(event: FormEvent) {
    event.preventDefault();
    if (name.trim() !== '' && !save.isPending) save.mutate();
  }

  return (
    <Modal
      opened
      onClose={onClose}
      title={team ? `Team “${team.name}”` : 'New team'}
      size="md"
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
      <form onSubmit={submit}>
        <TextInput
          label="Name"
          data-autofocus
          maxLength={120}
          value={name}
          error={problemsOf(save.error).name}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <Checkbox.Group label="People" mt={14} value={memberIds} onChange={setMembers}>
          <div className={classes.ticks}>
            {(everybody.data?.items ?? []).map((person) => (
              <Checkbox key={person.id} size="xs" value={person.id} label={person.name} />
            ))}
          </div>
        </Checkbox.Group>
        <Checkbox.Group
          label="Numbers"
          description="A number belongs to one team, or to everybody."
          mt={14}
          value={numberIds}
          onChange={setNumbers}
        >
          <div className={classes.ticks}>
            {(numbers.data?.items ?? []).map((number) => (
              <Checkbox
                key={number.id}
                size="xs"
                value={number.id}
                label={`${number.name}, ${phone(number.e164)}`}
                description={teamOf(number.id) ? `Now with ${teamOf(number.id)}` : undefined}
              />
            ))}
          </div>
        </Checkbox.Group>
        {note && <FormNote>{note}</FormNote>}
        <Group justify="flex-end" gap={8} mt={16}>
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button type="submit" loading={save.isPending} disabled={name.trim() === ''}>
            {team ? 'Save' : 'Make the team'}
          </Button>
        </Group>
      </form>
    </Modal>
  );
}

function same(one: readonly string[], other: readonly string[]): boolean {
  return one.length === other.length && one.every((each) => other.includes(each));
}
