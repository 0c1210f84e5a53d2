import { useQueryClient } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { api } from '../api/calls.ts';
import type { CarrierAccount, ConnectedNumber } from '../api/types.ts';
import { phone } from '../format/phone.ts';
import { Confirm } from '../ui/confirm.tsx';
import { numbersChanged } from './accounts-query.ts';
import { CARRIERS } from './carrier-words.ts';

export function DisconnectNumber({ number, onClose }: { number: ConnectedNumber; onClose: () => void }) {
  return (
    <Leave title={`Disconnect “${number.name}”?`} run={() => api.disconnectNumber(number.id)} onClose={onClose}>
      Texts to {phone(number.e164)} no longer arrive here, and nothing is sent from it. Its conversations stay. You can
      connect it again.
    </Leave>
  );
}

interface AccountProps {
  account: CarrierAccount;
  title: string;
  onClose: () => void;
}

export function DisconnectAccount({ account, title, onClose }: AccountProps) {
  const { token } = CARRIERS[account.carrier];
  const active = account.numbers.filter((number) => number.active).length;
  return (
    <Leave title={`Disconnect “${title}”?`} run={() => api.disconnectAccount(account.id)} onClose={onClose}>
      {active === 0
        ? `Its ${token} is forgotten. Conversations stay.`
        : `Its ${active === 1 ? 'number is' : `${active} numbers are`} disconnected and its ${token} is forgotten. Conversations stay.`}
    </Leave>
  );
}

interface LeaveProps {
  title: string;
  run: () => Promise<unknown>;
  onClose: () => void;
  children: ReactNode;
}

function Leave({ title, run, onClose, children }: LeaveProps) {
  const queries = useQueryClient();
  return (
    <Confirm
      title={title}
      action="Disconnect"
      keep="Keep it"
      run={run}
      onDone={() => numbersChanged(queries)}
      onClose={onClose}
    >
      {children}
    </Confirm>
  );
}
