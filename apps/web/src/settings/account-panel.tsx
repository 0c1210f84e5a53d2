import { Button, Menu } from '@mantine/core';
import { IconDots, IconPhone, IconPlus } from '@tabler/icons-react';
import { useState } from 'react';
import type { CarrierAccount, ConnectedNumber } from '../api/types.ts';
import { IconButton } from '../ui/icon-button.tsx';
import { StateNote } from '../ui/state-note.tsx';
import { CARRIERS } from './carrier-words.ts';
import { ChangeNumber } from './change-number.tsx';
import { DisconnectAccount, DisconnectNumber } from './disconnect.tsx';
import { NumberHours } from './number-hours.tsx';
import { NumberRow } from './number-row.tsx';
import classes from './numbers.module.css';
import { Panel } from './panel.tsx';
import { FinishRotation, RotateToken } from './rotate-token.tsx';

type Open =
  | 'rotate'
  | 'disconnect'
  | { change: ConnectedNumber }
  | { hours: ConnectedNumber }
  | { leave: ConnectedNumber }
  | null;

/** One carrier account: its numbers, and what can be done with its credential. */
export function AccountPanel({ account, onPick }: { account: CarrierAccount; onPick: () => void }) {
  const [open, setOpen] = useState<Open>(null);
  const close = () => setOpen(null);
  const words = CARRIERS[account.carrier];
  const title = account.name ?? `${words.name} account`;
  const active = account.numbers.filter((number) => number.active);
  const paused = account.numbers.filter((number) => !number.active);
  return (
    <Panel
      title={title}
      action={
        <div className={classes.actions}>
          <Button
            variant="default"
            onClick={onPick}
            aria-label={`Add numbers of ${title}`}
            leftSection={<IconPlus size={16} stroke={1.7} aria-hidden="true" />}
          >
            Add numbers
          </Button>
          <Menu position="bottom-end">
            <Menu.Target>
              <IconButton label={`More for ${title}`}>
                <IconDots size={18} stroke={1.7} />
              </IconButton>
            </Menu.Target>
            <Menu.Dropdown>
              {!account.rotating && <Menu.Item onClick={() => setOpen('rotate')}>New {words.token}…</Menu.Item>}
              <Menu.Item color="red" onClick={() => setOpen('disconnect')}>
                Disconnect account…
              </Menu.Item>
            </Menu.Dropdown>
          </Menu>
        </div>
      }
    >
      <p className={classes.account}>
        {words.name} <code>{account.accountRef}</code>
      </p>
      {account.rotating && <FinishRotation account={account} />}
      {account.numbers.length === 0 ? (
        <div className={classes.none}>
          <StateNote icon={<IconPhone size={20} stroke={1.7} />} title="No number of this account is connected">
            Add the numbers your team texts from.
          </StateNote>
        </div>
      ) : (
        <ul className={classes.list}>
          {[...active, ...paused].map((number) => (
            <NumberRow
              key={number.id}
              accountId={account.id}
              number={number}
              onChange={() => setOpen({ change: number })}
              onHours={() => setOpen({ hours: number })}
              onLeave={() => setOpen({ leave: number })}
            />
          ))}
        </ul>
      )}
      {open === 'rotate' && <RotateToken account={account} onClose={close} />}
      {open === 'disconnect' && <DisconnectAccount account={account} title={title} onClose={close} />}
      {open !== null && typeof open === 'object' && 'change' in open && (
        <ChangeNumber number={open.change} carrier={account.carrier} onClose={close} />
      )}
      {open !== null && typeof open === 'object' && 'hours' in open && (
        <NumberHours number={open.hours} onClose={close} />
      )}
      {open !== null && typeof open === 'object' && 'leave' in open && (
        <DisconnectNumber number={open.leave} onClose={close} />
      )}
    </Panel>
  );
}
