import { Button, Group, Modal, PasswordInput, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { api } from '../api/calls.ts';
import { hasCode, sentence } from '../api/errors.ts';
import type { CarrierAccount } from '../api/types.ts';
import { FormNote } from '../ui/form-note.tsx';
import { accountsQuery } from './accounts-query.ts';
import { CARRIERS } from './carrier-words.ts';
import { noteOf, problemsOf } from './field-problems.ts';
import classes from './numbers.module.css';

/** Gives an account a new credential; what webhooks are verified with stays good beside it. */
export function RotateToken({ account, onClose }: { account: CarrierAccount; onClose: () => void }) {
  const queries = useQueryClient();
  const words = CARRIERS[account.carrier];
  const [authToken, setAuthToken] = useState('');
  const [publicKey, setPublicKey] = useState('');
  const rotate = useMutation({
    mutationFn: () =>
      api.rotateCredential(account.id, {
        authToken: authToken.trim(),
        ...(publicKey.trim() === '' ? {} : { publicKey: publicKey.trim() }),
      }),
    onSuccess: async () => {
      await queries.invalidateQueries({ queryKey: accountsQuery.queryKey });
      onClose();
    },
  });
  const problems = problemsOf(rotate.error);
  if (hasCode(rotate.error, 'carrier_credentials_wrong')) problems.authToken = rotate.error.message;
  const note = problems.authToken === undefined ? noteOf(rotate.error, ['publicKey']) : null;

  function submit(event: FormEvent) {
    event.preventDefault();
    if (authToken.trim() !== '' && !rotate.isPending) rotate.mutate();
  }

  return (
    <Modal opened onClose={onClose} title={`New ${words.token}`} size="md" closeButtonProps={{ 'aria-label': 'Close' }}>
      <form onSubmit={submit}>
        <p>{words.newToken}</p>
        <PasswordInput
          label={`New ${words.token}`}
          mt={12}
          data-autofocus
          autoComplete="off"
          maxLength={200}
          value={authToken}
          error={problems.authToken}
          onChange={(event) => setAuthToken(event.currentTarget.value)}
          visibilityToggleButtonProps={{ 'aria-label': `Show the ${words.token}` }}
        />
        {account.carrier === 'telnyx' && (
          <TextInput
            label="New public key"
            description="Only if it changed as well. The one in use stays good beside it until you drop it."
            mt={12}
            autoComplete="off"
            spellCheck={false}
            maxLength={64}
            value={publicKey}
            error={problems.publicKey}
            onChange={(event) => setPublicKey(event.currentTarget.value)}
          />
        )}
        {note && <FormNote>{note}</FormNote>}
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

/** While two of what verifies webhooks are good: what to do at the carrier, and the button that ends it. */
export function FinishRotation({ account }: { account: CarrierAccount }) {
  const queries = useQueryClient();
  const words = CARRIERS[account.carrier];
  const finish = useMutation({
    mutationFn: () => api.finishRotation(account.id),
    onSuccess: () => queries.invalidateQueries({ queryKey: accountsQuery.queryKey }),
  });
  return (
    <div className={classes.band}>
      <p>{words.finish}</p>
      <Button variant="default" size="compact-sm" loading={finish.isPending} onClick={() => finish.mutate()}>
        {words.drop}
      </Button>
      {finish.isError && <FormNote>{sentence(finish.error)}</FormNote>}
    </div>
  );
}
