import { Button, Group, Modal, PasswordInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { type FormEvent, type ReactNode, useState } from 'react';
import { FormNote } from '../ui/form-note.tsx';
import { noteOf, problemsOf } from './field-problems.ts';

interface Props<T> {
  title: string;
  action: string;
  /** The button is red. */
  hurts?: boolean;
  run: (password: string) => Promise<T>;
  /** After it worked: closes the dialog, or goes on to something else. */
  onDone: (result: T) => unknown;
  onCancel: () => void;
  children: ReactNode;
}

/** Asks for one's password before something about one's own sign-in is changed. */
export function AskPassword<T>({ title, action, hurts = false, run, onDone, onCancel, children }: Props<T>) {
  const [password, setPassword] = useState('');
  const act = useMutation({
    mutationFn: () => run(password),
    onSuccess: onDone,
  });
  const note = noteOf(act.error, ['password']);

  function submit(event: FormEvent) {
    event.preventDefault();
    if (password !== '' && !act.isPending) act.mutate();
  }

  return (
    <Modal opened onClose={onCancel} title={title} size="sm" closeButtonProps={{ 'aria-label': 'Close' }}>
      <form onSubmit={submit}>
        <p>{children}</p>
        <PasswordInput
          label="Your password"
          mt={14}
          data-autofocus
          autoComplete="current-password"
          maxLength={128}
          value={password}
          error={problemsOf(act.error).password}
          onChange={(event) => setPassword(event.currentTarget.value)}
          visibilityToggleButtonProps={{ 'aria-label': 'Show the password' }}
        />
        {note && <FormNote>{note}</FormNote>}
        <Group justify="flex-end" gap={8} mt={16}>
          <Button variant="default" onClick={onCancel}>
            Cancel
          </Button>
          <Button type="submit" color={hurts ? 'red' : undefined} loading={act.isPending} disabled={password === ''}>
            {action}
          </Button>
        </Group>
      </form>
    </Modal>
  );
}
