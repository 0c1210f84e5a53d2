import { Button } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { aboutPermission } from '@patchline/contracts/permissions';
import { IconKey, IconPlus } from '@tabler/icons-react';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { people } from '../api/calls-people.ts';
import type { ApiKey } from '../api/types-people.ts';
import { ROLE_WORDS } from '../format/roles.ts';
import { longDate, moment } from '../format/time.ts';
import { Confirm } from '../ui/confirm.tsx';
import { Loaded } from '../ui/loaded.tsx';
import { StateNote } from '../ui/state-note.tsx';
import { useNow } from '../ui/use-now.ts';
import classes from './api-keys.module.css';
import { NewApiKey } from './new-api-key.tsx';
import { Panel } from './panel.tsx';
import { apiKeysQuery } from './people-queries.ts';

export function ApiKeys() {
  const now = useNow();
  const [making, make] = useDisclosure(false);
  const [leaving, setLeaving] = useState<ApiKey | null>(null);
  const queries = useQueryClient();
  const keys = useQuery(apiKeysQuery);

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
        <Loaded query={keys} what="The keys">
          {({ items }) =>
            items.length === 0 ? (
              <StateNote icon={<IconKey size={20} stroke={1.7} />} title="No program has a key">
                A key lets a program send texts and read conversations. Its address is described under{' '}
                <a href="/api/docs" target="_blank" rel="noreferrer">
                  API reference
                </a>
                .
              </StateNote>
            ) : (
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
                    {items.map((key) => (
                      <tr key={key.id}>
                        <td className={classes.name}>{key.name}</td>
                        <td>
                          <code>{key.prefix}…</code>
                        </td>
                        <td>
                          {ROLE_WORDS[key.role].label}
                          {key.scopes && (
                            <span
                              className={classes.scopes}
                              title={key.scopes.map((scope) => aboutPermission(scope).words).join('\n')}
                            >
                              , {key.scopes.length === 1 ? 'one thing' : `${key.scopes.length} things`} of it
                            </span>
                          )}
                        </td>
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
            )
          }
        </Loaded>
      </Panel>
      {making && <NewApiKey onClose={make.close} />}
      {leaving && (
        <Confirm
          title={`Revoke “${leaving.name}”?`}
          action="Revoke"
          keep="Keep it"
          run={() => people.revokeApiKey(leaving.id)}
          onDone={() => queries.invalidateQueries({ queryKey: apiKeysQuery.queryKey })}
          onClose={() => setLeaving(null)}
        >
          Programs that use it are refused from now on. This cannot be undone.
        </Confirm>
      )}
    </>
  );
}
