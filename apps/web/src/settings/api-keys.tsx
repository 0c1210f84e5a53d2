import { Button, Group, Modal } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { atLeast } from '@patchline/contracts/roles';
import { IconAlertTriangle, IconKey, IconPlus } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { api } from '../api/calls.ts';
import { sentence } from '../api/errors.ts';
import type { ApiKey } from '../api/types.ts';
import { longDate, moment } from '../format/time.ts';
import { useSession } from '../session/session.ts';
import { FormNote } from '../ui/form-note.tsx';
import { StateNote } from '../ui/state-note.tsx';
import { useNow } from '../ui/use-now.ts';
import classes from './api-keys.module.css';
import { NewApiKey } from './new-api-key.tsx';
import { Panel } from './panel.tsx';

const KEYS = ['api-keys'];

export function ApiKeys() {
  const { me } = useSession();
  const now = useNow();
  const [making, make] = useDisclosure(false);
  const [leaving, setLeaving] = useState<ApiKey | null>(null);
  const may = atLeast(me.role, 'admin');
  const keys = useQuery({ queryKey: KEYS, queryFn: api.apiKeys, enabled: may });

  if (!may) {
    return (
      <StateNote icon={<IconKey size={20} stroke={1.7} />} title="Only owners and admins see API keys">
        Ask one of them if a program needs a key.
      </StateNote>
    );
  }
  return (
    <>
      <Panel
        title="API keys"
        action={
          <Button onClick={make.open} leftSection={<IconPlus size={16} stroke={1.7} aria-hidden="true" />}>
            New key
          </Button>
        }
      >
        {keys.isError && (
          <StateNote
            icon={<IconAlertTriangle size={20} stroke={1.7} />}
            tone="error"
            title="The keys did not load"
            action={{ label: 'Try again', onClick: () => void keys.refetch() }}
          >
            {sentence(keys.error)}
          </StateNote>
        )}
        {keys.data?.items.length === 0 && (
          <StateNote icon={<IconKey size={20} stroke={1.7} />} title="No program has a key">
            A key lets a program send texts and read conversations. Its address is described under{' '}
            <a href="/api/docs" target="_blank" rel="noreferrer">
              API reference
            </a>
            .
          </StateNote>
        )}
        {keys.data && keys.data.items.length > 0 && (
          <div className={classes.scroller}>
            <table className={classes.table}>
              <thead>
                <tr>
                  <th scope="col">Name</th>
                  <th scope="col">Key</th>
                  <th scope="col">May</th>
                  <th scope="col">Made</th>
                  <th scope="col">Last used</th>
                  <th scope="col">
                    <span className="sr-only">Actions</span>
                  </th>
                </tr>
              </thead>
              <tbody>
                {keys.data.items.map((key) => (
                  <tr key={key.id}>
                    <td className={classes.name}>{key.name}</td>
                    <td>
                      <code>{key.prefix}…</code>
                    </td>
                    <td>{key.role}</td>
                    <td>{longDate(Date.parse(key.createdAt), now)}</td>
                    <td>{key.lastUsedAt ? moment(Date.parse(key.lastUsedAt), now) : 'never'}</td>
                    <td className={classes.act}>
                      <Button
                        variant="subtle"
                        size="compact-sm"
                        c="var(--red)"
                        aria-label={`Revoke ${key.name}`}
                        onClick={() => setLeaving(key)}
                      >
                        Revoke
                      </Button>
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        )}
      </Panel>
      {making && <NewApiKey queryKey={KEYS} onClose={make.close} />}
      {leaving && <Revoke apiKey={leaving} onClose={() => setLeaving(null)} />}
    </>
  );
}

function Revoke({ apiKey, onClose }: { apiKey: ApiKey; onClose: () => void }) {
  const queries = useQueryClient();
  const revoke = useMutation({
    mutationFn: () => api.revokeApiKey(apiKey.id),
    onSuccess: async () => {
      await queries.invalidateQueries({ queryKey: KEYS });
      onClose();
    },
  });
  return (
    <Modal
      opened
      onClose={onClose}
      title={`Revoke “${apiKey.name}”?`}
      size="sm"
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
      <p>Programs that use it are refused from now on. This cannot be undone.</p>
      {revoke.isError && <FormNote>{sentence(revoke.error)}</FormNote>}
      <Group justify="flex-end" gap={8} mt={16}>
        <Button variant="default" onClick={onClose}>
          Keep it
        </Button>
        <Button color="red" loading={revoke.isPending} onClick={() => revoke.mutate()}>
          Revoke
        </Button>
      </Group>
    </Modal>
  );
}
