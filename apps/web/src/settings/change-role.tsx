import { Button, Group, Modal } from '@mantine/core';
import { atLeast, ROLES } from '@patchline/contracts/roles';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { people } from '../api/calls-people.ts';
import { sentence } from '../api/errors.ts';
import type { Person } from '../api/types-people.ts';
import { ROLE_WORDS } from '../format/roles.ts';
import { meQuery } from '../session/load-session.ts';
import { useSession } from '../session/session.ts';
import { Choices } from '../ui/choices.tsx';
import { FormNote } from '../ui/form-note.tsx';
import { peopleQuery } from './people-queries.ts';

export function ChangeRole({ person, onClose }: { person: Person; onClose: () => void }) {
  const { me } = useSession();
  const queries = useQueryClient();
  const [role, setRole] = useState(person.role);
  const save = useMutation({
    mutationFn: () => people.changeRole(person.id, role),
    onSuccess: async () => {
      await Promise.all([
        queries.invalidateQueries({ queryKey: peopleQuery.queryKey }),
        person.id === me.user.id ? queries.invalidateQueries({ queryKey: meQuery.queryKey }) : null,
      ]);
      onClose();
    },
  });

  function submit(event: FormEvent) {
    event.preventDefault();
    if (role === person.role) return onClose();
    if (!save.isPending) save.mutate();
  }

  return (
    <Modal
      opened
      onClose={onClose}
      title={`Role of ${person.name}`}
      size="md"
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
      <form onSubmit={submit}>
        <Choices
          legend="May"
          value={role}
          onChange={setRole}
          choices={ROLES.filter((each) => atLeast(me.role, each)).map((each) => ({
            value: each,
            ...ROLE_WORDS[each],
          }))}
        />
        {save.isError && <FormNote>{sentence(save.error)}</FormNote>}
        <Group justify="flex-end" gap={8} mt={16}>
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button type="submit" loading={save.isPending}>
            Save
          </Button>
        </Group>
      </form>
    </Modal>
  );
}
