import { Button, CopyButton, Group, Modal, NativeSelect, TextInput } from '@mantine/core';
import { atLeast, ROLES, type Role } from '@patchline/contracts/roles';
import { IconCheck, IconCopy } from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { api } from '../api/calls.ts';
import { sentence } from '../api/errors.ts';
import { useSession } from '../session/session.ts';
import { FormNote } from '../ui/form-note.tsx';
import classes from './api-keys.module.css';

/** Makes a key and shows it once. */
export function NewApiKey({ queryKey, onClose }: { queryKey: string[]; onClose: () => void }) {
  const { me } = useSession();
  const queries = useQueryClient();
  const [name, setName] = useState('');
  const [role, setRole] = useState<Role>('agent');
  const make = useMutation({
    mutationFn: () => api.createApiKey(name.trim(), role),
    onSuccess: () => void queries.invalidateQueries({ queryKey }),
  });
  const made = make.data;

  function submit(event: FormEvent) {
    event.preventDefault();
    if (name.trim() !== '' && !make.isPending) make.mutate();
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
            onChange={(event) => setName(event.currentTarget.value)}
          />
          <NativeSelect
            label="May do what this role may"
            mt={12}
            value={role}
            onChange={(event) => setRole(event.currentTarget.value as Role)}
            data={ROLES.filter((each) => atLeast(me.role, each)).map((each) => ({ value: each, label: each }))}
          />
          {make.isError && <FormNote>{sentence(make.error)}</FormNote>}
          <Group justify="flex-end" gap={8} mt={16}>
            <Button type="submit" loading={make.isPending} disabled={name.trim() === ''}>
              Make the key
            </Button>
          </Group>
        </form>
      )}
    </Modal>
  );
}
