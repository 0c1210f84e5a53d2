import { Button, Group, Modal } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { api } from '../api/calls.ts';
import { sentence } from '../api/errors.ts';
import type { CarrierAccount, ConnectedNumber } from '../api/types.ts';
import { phone } from '../format/phone.ts';
import { FormNote } from '../ui/form-note.tsx';
import { numbersChanged } from './accounts-query.ts';
import { CARRIERS } from './carrier-words.ts';

export function DisconnectNumber({ number, onClose }: { number: ConnectedNumber; onClose: () => void }) {
  return (
    <Confirm title={`Disconnect “${number.name}”?`} run={() => api.disconnectNumber(number.id)} onClose={onClose}>
      Texts to {phone(number.e164)} no longer arrive here, and nothing is sent from it. Its conversations stay. You can
      connect it again.
    </Confirm>
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
    <Confirm title={`Disconnect “${title}”?`} run={() => api.disconnectAccount(account.id)} onClose={onClose}>
      {active === 0
        ? `Its ${token} is forgotten. Conversations stay.`
        : `Its ${active === 1 ? 'number is' : `${active} numbers are`} disconnected and its ${token} is forgotten. Conversations stay.`}
    </Confirm>
  );
}

interface ConfirmProps {
  title: string;
  run: () => Promise<unknown>;
  onClose: () => void;
  children: ReactNode;
}

function Confirm({ title, run, onClose, children }: ConfirmProps) {
  const queries = useQueryClient();
  const disconnect = useMutation({
    mutationFn: run,
    onSuccess: async () => {
      await numbersChanged(queries);
      onClose();
    },
  });
  return (
    <Modal opened onClose={onClose} title={title} size="sm" closeButtonProps={{ 'aria-label': 'Close' }}>
      <p>{children}</p>
      {disconnect.isError && <FormNote>{sentence(disconnect.error)}</FormNote>}
      <Group justify="flex-end" gap={8} mt={16}>
        <Button variant="default" data-autofocus onClick={onClose}>
          Keep it
        </Button>
        <Button color="red" loading={disconnect.isPending} onClick={() => disconnect.mutate()}>
          Disconnect
        </Button>
      </Group>
    </Modal>
  );
}
