import { Button } from '@mantine/core';
import { IconShieldCheck, IconShieldOff } from '@tabler/icons-react';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { dropSecondFactor, newRecoveryCodes } from '../api/sign-in.ts';
import { meQuery } from '../session/load-session.ts';
import { useSession } from '../session/session.ts';
import { Chip } from '../ui/chip.tsx';
import { AskPassword } from './ask-password.tsx';
import classes from './list.module.css';
import { Panel } from './panel.tsx';
import { RecoveryCodes } from './recovery-codes.tsx';
import { SetUpSecondFactor } from './set-up-second-factor.tsx';

/** The second factor: set up, switched off, or given new recovery codes. */
export function SecondFactorPanel() {
  const { me } = useSession();
  const queries = useQueryClient();
  const [open, setOpen] = useState<'set-up' | 'codes' | 'off' | null>(null);
  const [codes, setCodes] = useState<string[] | null>(null);
  const close = () => setOpen(null);
  const reload = () => queries.invalidateQueries({ queryKey: meQuery.queryKey });

  return (
    <Panel
      title="Second factor"
      action={
        me.twoFactor ? (
          <Chip tone="green" icon={<IconShieldCheck size={12} stroke={1.7} aria-hidden="true" />}>
            On
          </Chip>
        ) : (
          <Chip icon={<IconShieldOff size={12} stroke={1.7} aria-hidden="true" />}>Off</Chip>
        )
      }
    >
      <p className={classes.lead}>
        {me.twoFactor
          ? 'Whoever signs in as you needs your password and a code of your authenticator app, or one of your recovery codes.'
          : 'A stolen password alone is then not enough: signing in also takes a code that an app on your phone shows.'}
      </p>
      <div className={classes.foot}>
        {me.twoFactor ? (
          <>
            <Button variant="default" onClick={() => setOpen('codes')}>
              New recovery codes
            </Button>
            <Button variant="subtle" c="var(--red)" onClick={() => setOpen('off')}>
              Switch off
            </Button>
          </>
        ) : (
          <Button onClick={() => setOpen('set-up')}>Set up</Button>
        )}
      </div>
      {open === 'set-up' && <SetUpSecondFactor onClose={close} onDone={reload} />}
      {open === 'codes' && (
        <AskPassword
          title="New recovery codes"
          action="Make new codes"
          run={newRecoveryCodes}
          onDone={(fresh) => {
            setCodes(fresh);
            close();
          }}
          onCancel={close}
        >
          The codes that you have now stop working.
        </AskPassword>
      )}
      {open === 'off' && (
        <AskPassword
          title="Switch off the second factor?"
          action="Switch off"
          hurts
          run={dropSecondFactor}
          onDone={async () => {
            await reload();
            close();
          }}
          onCancel={close}
        >
          Your password alone is enough to sign in then. Your recovery codes stop working.
        </AskPassword>
      )}
      {codes && <RecoveryCodes codes={codes} onClose={() => setCodes(null)} />}
    </Panel>
  );
}
