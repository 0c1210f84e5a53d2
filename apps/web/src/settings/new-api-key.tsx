import { Button, CopyButton, Group, Modal, NativeSelect, Switch, TextInput } from '@mantine/core';
import { type Permission, permissionsOf } from '@patchline/contracts/permissions';
import { atLeast, ROLES, type Role } from '@patchline/contracts/roles';
import { IconCheck, IconCopy } from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { people } from '../api/calls-people.ts';
import { ROLE_WORDS } from '../format/roles.ts';
import { useSession } from '../session/session.ts';
import { FormNote } from '../ui/form-note.tsx';
import classes from './api-keys.module.css';
import { noteOf, problemsOf } from './field-problems.ts';
import { apiKeysQuery } from './people-queries.ts';
import { ScopesField } from './scopes-field.tsx';

/** Makes a key and shows it once. */
export function NewApiKey({ onClose }: { onClose: () => void }) {
  const { me } = useSession();
  const queries = useQueryClient();
  const [name, setName] = useState('');
  const [role, setRole] = useState<Role>('agent');
  const [some, setSome] = useState(false);
  const [scopes, setScopes] = useState<Permission[]>([]);
  const chosen = scopes.filter((scope) => permissionsOf(role).includes(scope));
  const make = useMutation({
    mutationFn: () => people.createApiKey({ name: name.trim(), role, scopes: some ? chosen : null }),
    onSuccess: () => void queries.invalidateQueries({ queryKey: apiKeysQuery.queryKey }),
  });
  const made = make.data;
  const complete = name.trim() !== '' && (!some || chosen.length > 0);
  const note = noteOf(make.error, ['name']);

  function submit(event: FormEvent) {
    event.preventDefault();
    if (complete && !make.isPending) make.mutate();
  }

  return (
    <Modal
      opened
      onClose={onClose}
      title={made ? 'Copy the key now' : 'New API key'}
      size="md"
      closeOnClickOutside={!made}
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
      {made ? (
        <>
          <p>It is shown this once. Only a fingerprint of it is kept here.</p>
          <code className={classes.secret}>{made.key}</code>
          <Group justify="flex-end" gap={8} mt={16}>
            <CopyButton value={made.key}>
              {({ copied, copy }) => (
                <Button
                  onClick={copy}
                  leftSection={copied ? <IconCheck size={16} stroke={1.7} /> : <IconCopy size={16} stroke={1.7} />}
                >
                  {copied ? 'Copied' : 'Copy'}
                </Button>
              )}
            </CopyButton>
            <Button variant="default" onClick={onClose}>
              Done
            </Button>
          </Group>
        </>
      ) : (
        <form onSubmit={submit}>
          <TextInput
            label="Name"
            description="What will use it, so that you know it again."
            data-autofocus
            maxLength={120}
            value={name}
            error={problemsOf(make.error).name}
            onChange={(event) => setName(event.currentTarget.value)}
          />
          <NativeSelect
            label="May do what this role may"
            description={ROLE_WORDS[role].words}
            mt={12}
            value={role}
            onChange={(event) => setRole(event.currentTarget.value as Role)}
            data={ROLES.filter((each) => atLeast(me.role, each)).map((each) => ({
              value: each,
              label: ROLE_WORDS[each].label,
            }))}
          />
          <Switch
            mt={16}
            label="Only some of it"
            description="What is not ticked is refused, whatever the role may."
            checked={some}
            onChange={(event) => setSome(event.currentTarget.checked)}
          />
          {some && <ScopesField of={permissionsOf(role)} value={chosen} onChange={setScopes} />}
          {note && <FormNote>{note}</FormNote>}
          <Group justify="flex-end" gap={8} mt={16}>
            <Button type="submit" loading={make.isPending} disabled={!complete}>
              Make the key
            </Button>
          </Group>
        </form>
      )}
    </Modal>
  );
}
