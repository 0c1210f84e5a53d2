import { Button } from '@mantine/core';
import { IconKey, IconPlus } from '@tabler/icons-react';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { people } from '../api/calls-people.ts';
import type { SsoProvider } from '../api/types-people.ts';
import { Chip } from '../ui/chip.tsx';
import { Confirm } from '../ui/confirm.tsx';
import { Loaded } from '../ui/loaded.tsx';
import { StateNote } from '../ui/state-note.tsx';
import { EditSso } from './edit-sso.tsx';
import classes from './list.module.css';
import { Panel } from './panel.tsx';
import { ssoQuery } from './people-queries.ts';

/** The company's own sign-in, by the domain of people's email. */
export function SingleSignOn() {
  const providers = useQuery(ssoQuery);
  const queries = useQueryClient();
  const [editing, edit] = useState<SsoProvider | 'new' | null>(null);
  const [leaving, setLeaving] = useState<SsoProvider | null>(null);
  return (
    <>
      <Panel
        title="Single sign-on"
        action={
          <Button onClick={() => edit('new')} leftSection={<IconPlus size={16} stroke={1.7} aria-hidden="true" />}>
            Add
          </Button>
        }
      >
        <Loaded query={providers} what="The providers">
          {({ items }) =>
            items.length === 0 ? (
              <StateNote icon={<IconKey size={20} stroke={1.7} />} title="People sign in with a password">
                With Okta, Entra ID, Google Workspace or another OpenID Connect provider they can use the sign-in that
                your company has already.
              </StateNote>
            ) : (
              <ul className={classes.list}>
                {items.map((provider) => (
                  <li key={provider.id} className={classes.row}>
                    <div className={classes.words}>
                      <p className={classes.name}>
                        {provider.domain}
                        {provider.required && <Chip tone="green">Required</Chip>}
                      </p>
                      <p className={classes.about}>{provider.issuer}</p>
                      <p className={classes.about}>Client {provider.clientId}</p>
                    </div>
                    <div className={classes.actions}>
                      <Button
                        variant="subtle"
                        size="compact-sm"
                        aria-label={`Change ${provider.domain}`}
                        onClick={() => edit(provider)}
                      >
                        Change
                      </Button>
                      <Button
                        variant="subtle"
                        size="compact-sm"
                        c="var(--red)"
                        aria-label={`Remove ${provider.domain}`}
                        onClick={() => setLeaving(provider)}
                      >
                        Remove
                      </Button>
                    </div>
                  </li>
                ))}
              </ul>
            )
          }
        </Loaded>
      </Panel>
      {editing && <EditSso provider={editing === 'new' ? null : editing} onClose={() => edit(null)} />}
      {leaving && (
        <Confirm
          title={`Remove single sign-on for ${leaving.domain}?`}
          action="Remove"
          keep="Keep it"
          run={() => people.removeSso(leaving.id)}
          onDone={() => queries.invalidateQueries({ queryKey: ssoQuery.queryKey })}
          onClose={() => setLeaving(null)}
        >
          People of this domain sign in with a password then. Who never had one asks for it under “Forgot it?”.
        </Confirm>
      )}
    </>
  );
}
