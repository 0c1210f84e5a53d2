import { Button, TextInput } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { type FormEvent, useEffect, useState } from 'react';
import { people } from '../api/calls-people.ts';
import { hasCode } from '../api/errors.ts';
import { noteOf, problemsOf } from '../settings/field-problems.ts';
import { FormNote } from '../ui/form-note.tsx';
import classes from './front-door.module.css';
import { FrontDoor } from './front-door.tsx';
import { NewPasswordField } from './new-password-field.tsx';
import { passwordProblem } from './password.ts';

const EMPTY = { tenantName: '', name: '', email: '' };

/** A company of one's own, where this server is open for new ones. */
export function SignUpPage() {
  const [form, setForm] = useState(EMPTY);
  const [password, setPassword] = useState('');
  const [weak, setWeak] = useState<string | null>(null);
  const [error, setError] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);
  const [sent, setSent] = useState(false);
  const problems = problemsOf(error);
  const closed = hasCode(error, 'not_found');
  const note = closed ? null : noteOf(error, ['tenantName', 'name', 'email', 'password']);

  useEffect(() => {
    document.title = 'Sign up · Patchline';
  }, []);

  const field = (name: keyof typeof EMPTY) => ({
    value: form[name],
    required: true,
    withAsterisk: false,
    mt: 14,
    maxLength: 120,
    error: problems[name],
    onChange: (event: { currentTarget: { value: string } }) => {
      const { value } = event.currentTarget;
      setForm((old) => ({ ...old, [name]: value }));
    },
  });

  async function submit(event: FormEvent) {
    event.preventDefault();
    const found = passwordProblem(password);
    setWeak(found);
    if (busy || found) return;
    setBusy(true);
    setError(null);
    try {
      const { timeZone } = Intl.DateTimeFormat().resolvedOptions();
      await people.signUp({ ...form, email: form.email.trim(), password, timeZone });
      setSent(true);
    } catch (caught) {
      setError(caught);
    }
    setBusy(false);
  }

  if (sent) {
    return (
      <FrontDoor title="Look at your email" lead={`A link is on its way to ${form.email.trim()}.`}>
        <p>Open it to confirm that the address is yours. Your company is made then.</p>
      </FrontDoor>
    );
  }
  if (closed) {
    return (
      <FrontDoor title="Not open for new companies" lead="This server takes people by invitation only.">
        <p className={classes.foot}>
          Ask the person who runs Patchline here, or <Link to="/sign-in">sign in</Link>.
        </p>
      </FrontDoor>
    );
  }
  return (
    <FrontDoor title="Sign up" lead="Your company gets a place of its own, and you become its owner.">
      <form onSubmit={submit}>
        <TextInput label="Company" autoComplete="organization" autoFocus {...field('tenantName')} mt={0} />
        <TextInput label="Your name" autoComplete="name" {...field('name')} />
        <TextInput label="Email" type="email" autoComplete="username" {...field('email')} />
        <NewPasswordField
          label="Password"
          mt={14}
          value={password}
          error={weak ?? problems.password}
          onChange={setPassword}
        />
        {note && <FormNote>{note}</FormNote>}
        <Button type="submit" fullWidth size="sm" mt={16} loading={busy}>
          Sign up
        </Button>
      </form>
      <p className={classes.foot}>
        Working here already? <Link to="/sign-in">Sign in</Link>
      </p>
    </FrontDoor>
  );
}
