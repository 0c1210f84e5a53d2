import { Button, Checkbox, Group, Modal, TextInput } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { atLeast, ROLES, type Role } from '@patchline/contracts/roles';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { people } from '../api/calls-people.ts';
import { ROLE_WORDS } from '../format/roles.ts';
import { useSession } from '../session/session.ts';
import { Choices } from '../ui/choices.tsx';
import { FormNote } from '../ui/form-note.tsx';
import { noteOf, problemsOf } from './field-problems.ts';
import classes from './list.module.css';
import { invitationsQuery, teamsQuery } from './people-queries.ts';

/** Asks somebody to come by e-mail, with a role and teams. */
export function InvitePerson({ onClose }: { onClose: () => void }) {
  const { me } = useSession();
  const queries = useQueryClient();
  const teams = useQuery(teamsQuery);
  const [email, setEmail] = useState('');
  const [role, setRole] = useState<Role>('agent');
  const [teamIds, setTeamIds] = useState<string[]>([]);
  const invite = useMutation({
    mutationFn: () => people.invite({ email: email.trim(), role, ...(teamIds.length > 0 ? { teamIds } : {}) }),
    onSuccess: async () => {
      await queries.invalidateQueries({ queryKey: invitationsQuery.queryKey });
      notifications.show({ message: `${email.trim()} is invited. The link in the email is good for 7 days.` });
      onClose();
    },
  });
  const note = noteOf(invite.error, ['email', 'role', 'teamIds']);

  function submit(event: FormEvent) {
    event.preventDefault();
    if (email.trim() !== '' && !invite.isPending) invite.mutate();
  }

  return (
    <Modal opened onClose={onClose} title="Invite somebody" size="md" closeButtonProps={{ 'aria-label': 'Close' }}>
      <form onSubmit={submit}>
        <TextInput
          label="Email"
          type="email"
          required
          withAsterisk={false}
          data-autofocus
          autoComplete="off"
          maxLength={254}
          mb={14}
          value={email}
          error={problemsOf(invite.error).email}
          onChange={(event) => setEmail(event.currentTarget.value)}
        />
        <Choices
          legend="May"
          value={role}
          onChange={setRole}
          choices={ROLES.filter((each) => atLeast(me.role, each)).map((each) => ({
            value: each,
            ...ROLE_WORDS[each],
          }))}
        />
        {teams.data && teams.data.items.length > 0 && (
          <Checkbox.Group label="Teams" mt={14} value={teamIds} onChange={setTeamIds}>
            <div className={classes.ticks}>
              {teams.data.items.map((team) => (
                <Checkbox key={team.id} size="xs" value={team.id} label={team.name} />
              ))}
            </div>
          </Checkbox.Group>
        )}
        {note && <FormNote>{note}</FormNote>}
        <Group justify="flex-end" gap={8} mt={16}>
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button type="submit" loading={invite.isPending} disabled={email.trim() === ''}>
            Send the invitation
          </Button>
        </Group>
      </form>
    </Modal>
  );
}
