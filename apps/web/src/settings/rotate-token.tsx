import { Button, Group, Modal, PasswordInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { api } from '../api/calls.ts';
import { sentence } from '../api/errors.ts';
import type { CarrierAccount } from '../api/types.ts';
import { FormNote } from '../ui/form-note.tsx';
import { accountsQuery } from './accounts-query.ts';
import { words } from './connect-account.tsx';
import classes from './numbers.module.css';

/** Gives an account a new token; the old one stays good for what the carrier still signs with it. */
export function RotateToken({ account, onClose }: { account: CarrierAccount; onClose: () => void }) {
  const queries = useQueryClient();
  const [authToken, setAuthToken] = useState('');
  const rotate = useMutation({
    mutationFn: () => api.rotateCredential(account.id, authToken.trim()),
    onSuccess: async () => {
      await queries.invalidateQueries({ queryKey: accountsQuery.queryKey });
      onClose();
    },
  });

  function submit(event: FormEvent) {
    event.preventDefault();
    if (authToken.trim() !== '' && !rotate.isPending) rotate.mutate();
  }

  return (
    <Modal opened onClose={onClose} title="New auth token" size="md" closeButtonProps={{ 'aria-label': 'Close' }}>
      <form onSubmit={submit}>
        <p>Make a secondary token in Twilio’s console and enter it here. Texts keep arriving all the while.</p>
        <PasswordInput
          label="New auth token"
          mt={12}
          data-autofocus
          autoComplete="off"
          maxLength={200}
          value={authToken}
          onChange={(event) => setAuthToken(event.currentTarget.value)}
          visibilityToggleButtonProps={{ 'aria-label': 'Show the token' }}
        />
        {rotate.isError && <FormNote>{words(rotate.error)}</FormNote>}
        <Group justify="flex-end" gap={8} mt={16}>
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button type="submit" loading={rotate.isPending} disabled={authToken.trim() === ''}>
            Check and use it
          </Button>
        </Group>
      </form>
    </Modal>
  );
}

/** While two tokens are good: what to do at the carrier, and the button that ends it. */
export function FinishRotation({ account }: { account: CarrierAccount }) {
  const queries = useQueryClient();
  const finish = useMutation({
    mutationFn: () => api.finishRotation(account.id),
    onSuccess: () => queries.invalidateQueries({ queryKey: accountsQuery.queryKey }),
  });
  return (
    <div className={classes.band}>
      <p>Two tokens are in use. Promote the new one in Twilio’s console, then drop the old one here.</p>
      <Button variant="default" size="compact-sm" loading={finish.isPending} onClick={() => finish.mutate()}>
        Drop the old token
      </Button>
      {finish.isError && <FormNote>{sentence(finish.error)}</FormNote>}
    </div>
  );
}
