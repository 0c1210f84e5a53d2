import { Button, PasswordInput } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { changePassword } from '../api/sign-in.ts';
import { NewPasswordField } from '../session/new-password-field.tsx';
import { passwordProblem } from '../session/password.ts';
import { useSession } from '../session/session.ts';
import { FormNote } from '../ui/form-note.tsx';
import { noteOf, problemsOf } from './field-problems.ts';
import classes from './list.module.css';
import { Panel } from './panel.tsx';
import { sessionsQuery } from './people-queries.ts';

const EMPTY = { current: '', next: '' };

export function PasswordPanel() {
  const { me } = useSession();
  const queries = useQueryClient();
  const [form, setForm] = useState(EMPTY);
  const [weak, setWeak] = useState<string | null>(null);
  const change = useMutation({
    mutationFn: () => changePassword(form.current, form.next),
    onSuccess: async () => {
      setForm(EMPTY);
      await queries.invalidateQueries({ queryKey: sessionsQuery.queryKey });
      notifications.show({ message: 'Your password is changed. Everywhere else you are signed out.' });
    },
  });
  const problems = problemsOf(change.error);
  const note = noteOf(change.error, ['currentPassword', 'newPassword']);

  function submit(event: FormEvent) {
    event.preventDefault();
    const found = passwordProblem(form.next);
    setWeak(found);
    if (found === null && form.current !== '' && !change.isPending) change.mutate();
  }

  return (
    <Panel title="Password">
      <form onSubmit={submit} className={classes.form}>
        <input type="hidden" autoComplete="username" value={me.user.email} readOnly />
        <div className={classes.narrow}>
          <PasswordInput
            label="Present password"
            autoComplete="current-password"
            required
            withAsterisk={false}
            maxLength={128}
            value={form.current}
            error={problems.currentPassword}
            onChange={(event) => setForm({ ...form, current: event.currentTarget.value })}
            visibilityToggleButtonProps={{ 'aria-label': 'Show the present password' }}
          />
          <NewPasswordField
            label="New password"
            mt={12}
            value={form.next}
            error={weak ?? problems.newPassword}
            onChange={(next) => setForm({ ...form, next })}
          />
          {note && <FormNote>{note}</FormNote>}
          <Button type="submit" mt={14} loading={change.isPending} disabled={form.current === '' || form.next === ''}>
            Change the password
          </Button>
        </div>
      </form>
    </Panel>
  );
}
