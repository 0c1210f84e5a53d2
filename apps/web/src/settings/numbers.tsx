import { Button } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconAlertTriangle, IconPhone, IconPlus } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { sentence } from '../api/errors.ts';
import type { CarrierAccount } from '../api/types.ts';
import { StateNote } from '../ui/state-note.tsx';
import { useLate } from '../ui/use-late.ts';
import { AccountPanel } from './account-panel.tsx';
import { accountsQuery } from './accounts-query.ts';
import { ConnectAccount } from './connect-account.tsx';
import classes from './numbers.module.css';
import { Panel } from './panel.tsx';
import { PickNumbers } from './pick-numbers.tsx';

/** The carrier accounts of the team, and the numbers it texts from. */
export function Numbers() {
  const accounts = useQuery(accountsQuery);
  const [connecting, connect] = useDisclosure(false);
  const [picking, setPicking] = useState<Pick<CarrierAccount, 'id' | 'name' | 'carrier'> | null>(null);
  const late = useLate(accounts.isPending);

  const items = accounts.data?.items;
  return (
    <>
      <div className={classes.head}>
        <p className={classes.lead}>Numbers are rented from a carrier. Connect its account, then pick the numbers.</p>
        <Button onClick={connect.open} leftSection={<IconPlus size={16} stroke={1.7} aria-hidden="true" />}>
          Connect account
        </Button>
      </div>
      {late && <Loading />}
      {accounts.isError && (
        <Panel title="Numbers">
          <StateNote
            icon={<IconAlertTriangle size={20} stroke={1.7} />}
            tone="error"
            title="The numbers did not load"
            action={{ label: 'Try again', onClick: () => void accounts.refetch() }}
          >
            {sentence(accounts.error)}
          </StateNote>
        </Panel>
      )}
      {items?.length === 0 && (
        <Panel title="Numbers">
          <StateNote icon={<IconPhone size={20} stroke={1.7} />} title="No carrier account is connected">
            Texts come in and go out through one. You need its credentials: Twilio’s account SID and auth token, or
            Telnyx’s API key and public key.
          </StateNote>
        </Panel>
      )}
      {items?.map((account) => (
        <AccountPanel key={account.id} account={account} onPick={() => setPicking(account)} />
      ))}
      {connecting && (
        <ConnectAccount
          onClose={connect.close}
          onConnected={(account) => {
            connect.close();
            setPicking(account);
          }}
        />
      )}
      {picking && <PickNumbers account={picking} onClose={() => setPicking(null)} />}
    </>
  );
}

function Loading() {
  return (
    <div className={classes.loading} role="status">
      <span className="sr-only">The numbers are loading.</span>
      <div className={classes.bone} />
      <div className={classes.bone} />
      <div className={classes.bone} />
    </div>
  );
}
