import { Button, Group, Modal, NativeSelect, PasswordInput, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { api } from '../api/calls.ts';
import { hasCode } from '../api/errors.ts';
import type { CarrierAccount, CarrierCredentials } from '../api/types.ts';
import { FormNote } from '../ui/form-note.tsx';
import { accountsQuery } from './accounts-query.ts';
import { noteOf, problemsOf } from './field-problems.ts';

interface Props {
  onClose: () => void;
  onConnected: (account: Pick<CarrierAccount, 'id' | 'name' | 'carrier'>) => void;
}

const FIELDS = {
  twilio: ['accountSid', 'authToken'],
  telnyx: ['apiKey', 'publicKey'],
} as const;

/** Asks for a carrier account's credentials. They go to the server and are not kept in this browser. */
export function ConnectAccount({ onClose, onConnected }: Props) {
  const queries = useQueryClient();
  const [carrier, setCarrier] = useState<CarrierAccount['carrier']>('twilio');
  const [values, setValues] = useState({ accountSid: '', authToken: '', apiKey: '', publicKey: '' });
  const connect = useMutation({
    mutationFn: (body: CarrierCredentials) => api.connectAccount(body),
    onSuccess: (account, { carrier: of }) => {
      void queries.invalidateQueries({ queryKey: accountsQuery.queryKey });
      onConnected({ ...account, carrier: of });
    },
  });
  const complete = FIELDS[carrier].every((field) => values[field].trim() !== '');
  const problems = problemsOf(connect.error);
  // Of Telnyx's two only the API key can be wrong here: what the public key fits is seen when a text comes.
  if (carrier === 'telnyx' && hasCode(connect.error, 'carrier_credentials_wrong')) {
    problems.apiKey = connect.error.message;
  }
  const note = problems.apiKey === undefined ? noteOf(connect.error, FIELDS[carrier]) : null;

  function submit(event: FormEvent) {
    event.preventDefault();
    if (!complete || connect.isPending) return;
    const [accountSid, authToken, apiKey, publicKey] = [
      values.accountSid.trim(),
      values.authToken.trim(),
      values.apiKey.trim(),
      values.publicKey.trim(),
    ];
    connect.mutate(carrier === 'twilio' ? { carrier, accountSid, authToken } : { carrier, apiKey, publicKey });
  }

  const field = (name: keyof typeof values) => ({
    value: values[name],
    error: problems[name],
    autoComplete: 'off',
    onChange: (event: { currentTarget: { value: string } }) => {
      const { value } = event.currentTarget;
      setValues((before) => ({ ...before, [name]: value }));
    },
  });

  return (
    <Modal opened onClose={onClose} title="Connect an account" size="md" closeButtonProps={{ 'aria-label': 'Close' }}>
      <form onSubmit={submit}>
        <NativeSelect
          label="Carrier"
          data={[
            { value: 'twilio', label: 'Twilio' },
            { value: 'telnyx', label: 'Telnyx' },
          ]}
          value={carrier}
          onChange={(event) => {
            setCarrier(event.currentTarget.value as CarrierAccount['carrier']);
            connect.reset();
          }}
        />
        {carrier === 'twilio' ? (
          <>
            <TextInput
              label="Account SID"
              description="Begins with AC. It is on the first page of Twilio’s console."
              mt={12}
              data-autofocus
              spellCheck={false}
              maxLength={64}
              {...field('accountSid')}
            />
            <PasswordInput
              label="Auth token"
              description="Beside the account SID. It is stored encrypted and never shown again."
              mt={12}
              maxLength={200}
              visibilityToggleButtonProps={{ 'aria-label': 'Show the token' }}
              {...field('authToken')}
            />
          </>
        ) : (
          <>
            <PasswordInput
              label="API key"
              description="Telnyx’s portal, under API Keys. It is stored encrypted and never shown again."
              mt={12}
              maxLength={200}
              visibilityToggleButtonProps={{ 'aria-label': 'Show the API key' }}
              {...field('apiKey')}
            />
            <TextInput
              label="Public key"
              description="In the same place, under Public Key. With it Patchline knows that a text really comes from Telnyx."
              mt={12}
              spellCheck={false}
              maxLength={64}
              {...field('publicKey')}
            />
          </>
        )}
        {note && <FormNote>{note}</FormNote>}
        <Group justify="flex-end" gap={8} mt={16}>
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button type="submit" loading={connect.isPending} disabled={!complete}>
            {connect.isPending ? 'Checking…' : 'Check and connect'}
          </Button>
        </Group>
      </form>
    </Modal>
  );
}
