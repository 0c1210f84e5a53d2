import { Button } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { type FormEvent, useEffect, useState } from 'react';
import { people } from '../api/calls-people.ts';
import { noteOf, problemsOf } from '../settings/field-problems.ts';
import { FormNote } from '../ui/form-note.tsx';
import classes from './front-door.module.css';
import { FrontDoor } from './front-door.tsx';
import { NewPasswordField } from './new-password-field.tsx';
import { passwordProblem } from './password.ts';

/** Where a reset link leads: a new password. */
export function ResetPage() {
  const { token } = useSearch({ from: '/reset' });
  const navigate = useNavigate();
  const queries = useQueryClient();
  const [password, setPassword] = useState('');
  const [weak, setWeak] = useState<string | null>(null);
  const [error, setError] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);
  const note = noteOf(error, ['password']);

  useEffect(() => {
    document.title = 'New password · Patchline';
  }, []);

  async function submit(event: FormEvent) {
    event.preventDefault();
    const found = passwordProblem(password);
    setWeak(found);
    if (busy || found) return;
    setBusy(true);
    setError(null);
    try {
      await people.resetPassword(token ?? '', password);
      queries.clear();
      await navigate({ to: '/sign-in', search: { notice: 'reset' }, replace: true });
    } catch (caught) {
      setError(caught);
      setBusy(false);
    }
  }

  return (
    <FrontDoor title="New password" lead="You are signed out everywhere else when you save it.">
      <form onSubmit={submit}>
        <NewPasswordField
          label="New password"
          autoFocus
          value={password}
          error={weak ?? problemsOf(error).password}
          onChange={setPassword}
        />
        {note && <FormNote>{note}</FormNote>}
        <Button type="submit" fullWidth size="sm" mt={16} loading={busy} disabled={!token}>
          Save the password
        </Button>
      </form>
      <p className={classes.foot}>
        {token ? 'The link is good for one hour and works once. ' : 'The link is cut off: open it from the email. '}
        <Link to="/forgot">Ask for a new link</Link>
      </p>
    </FrontDoor>
  );
}
