import { Button, Group, Modal, PasswordInput, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { api } from '../api/calls.ts';
import { ApiError, sentence } from '../api/errors.ts';
import { FormNote } from '../ui/form-note.tsx';
import { accountsQuery } from './accounts-query.ts';

interface Props {
  onClose: () => void;
  onConnected: (account: { id: string; name: string }) => void;
}

/** Asks for a carrier account's credentials. They go to the server and are not kept in this browser. */
export function ConnectAccount({ onClose, onConnected }: Props) {
  const queries = useQueryClient();
  const [accountSid, setAccountSid] = useState('');
  const [authToken, setAuthToken] = useState('');
  const connect = useMutation({
    mutationFn: () =>
      api.connectAccount({ carrier: 'twilio', accountSid: accountSid.trim(), authToken: authToken.trim() }),
    onSuccess: (account) => {
      void queries.invalidateQueries({ queryKey: accountsQuery.queryKey });
      onConnected(account);
    },
  });
  const complete = accountSid.trim() !== '' && authToken.trim() !== '';

  function submit(event: FormEvent) {
    event.preventDefault();
    if (complete && !connect.isPending) connect.mutate();
  }

  return (
    <Modal
      opened
      onClose={onClose}
      title="Connect a Twilio account"
      size="md"
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
      <form onSubmit={submit}>
        <TextInput
          label="Account SID"
          description="Begins with AC. It is on the first page of Twilio’s console."
          data-autofocus
          autoComplete="off"
          spellCheck={false}
          maxLength={64}
          value={accountSid}
          onChange={(event) => setAccountSid(event.currentTarget.value)}
        />
        <PasswordInput
          label="Auth token"
          description="Beside the account SID. It is stored encrypted and never shown again."
          mt={12}
          autoComplete="off"
          maxLength={200}
          value={authToken}
          onChange={(event) => setAuthToken(event.currentTarget.value)}
          visibilityToggleButtonProps={{ 'aria-label': 'Show the token' }}
        />
        {connect.isError && <FormNote>{words(connect.error)}</FormNote>}
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

/** A refusal of one field says which, and what is wrong with it. */
export function words(error: Error): string {
  if (!(error instanceof ApiError) || error.code !== 'invalid_input' || !Array.isArray(error.details)) {
    return sentence(error);
  }
  const [first] = error.details as { path?: string; message?: string }[];
  const field = { accountSid: 'The account SID', authToken: 'The auth token' }[first?.path ?? ''];
  return field && first?.message ? `${field} ${first.message}.` : sentence(error);
}
