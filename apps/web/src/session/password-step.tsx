import { Button, PasswordInput, TextInput } from '@mantine/core';
import { Link, useSearch } from '@tanstack/react-router';
import { type FormEvent, useRef, useState } from 'react';
import { people } from '../api/calls-people.ts';
import { hasCode, sentence } from '../api/errors.ts';
import { signIn } from '../api/sign-in.ts';
import { FormNote } from '../ui/form-note.tsx';
import classes from './front-door.module.css';
import { FrontDoor } from './front-door.tsx';

const WORDS = {
  wrong: 'That email and password do not belong together. Check both and try again.',
  'too-many': 'Too many tries from here. Wait a few minutes, then try again.',
};

/** Why the way through the company's own sign-in ended here. */
const SSO_PROBLEMS: Record<string, string> = {
  sso_expired: 'That took too long, or was begun in another browser. Try single sign-on again.',
  sso_not_member:
    'Your company’s sign-in knows you, and nobody has invited you here yet. Ask the person who runs Patchline.',
  sso_failed: 'Your company’s sign-in did not let you in. Try again, or ask the person who runs Patchline here.',
};

interface Props {
  onSignedIn: () => void;
  onSecondFactor: () => void;
}

export function PasswordStep({ onSignedIn, onSecondFactor }: Props) {
  const search = useSearch({ from: '/sign-in' });
  const [email, setEmail] = useState('');
  const [password, setPassword] = useState('');
  const [problem, setProblem] = useState<string | null>(
    search.error ? (SSO_PROBLEMS[search.error] ?? SSO_PROBLEMS.sso_failed ?? null) : null,
  );
  const [emailProblem, setEmailProblem] = useState<string | null>(null);
  const [busy, setBusy] = useState<'password' | 'sso' | null>(null);
  const emailField = useRef<HTMLInputElement>(null);
  const passwordField = useRef<HTMLInputElement>(null);

  async function submit(event: FormEvent) {
    event.preventDefault();
    if (busy) return;
    setBusy('password');
    setProblem(null);
    try {
      const result = await signIn(email.trim(), password);
      if (result === 'signed-in') return onSignedIn();
      if (result === 'second-factor') return onSecondFactor();
      setProblem(WORDS[result]);
      passwordField.current?.select();
    } catch (error) {
      setProblem(sentence(error));
    }
    setBusy(null);
  }

  async function startSso() {
    if (busy) return;
    setProblem(null);
    if (!email.includes('@')) {
      setEmailProblem('Enter your work email first: it says which company’s sign-in to open.');
      emailField.current?.focus();
      return;
    }
    setBusy('sso');
    try {
      const { url } = await people.startSso(email.trim());
      window.location.assign(url);
    } catch (error) {
      setBusy(null);
      if (hasCode(error, 'not_found')) {
        setEmailProblem('There is no single sign-on for this address. Use your password.');
        emailField.current?.focus();
      } else setProblem(sentence(error));
    }
  }

  return (
    <FrontDoor title="Sign in" lead="Patchline, on your company’s own server">
      {search.notice && (
        <p className={classes.notice} role="status">
          {NOTICES[search.notice]}
        </p>
      )}
      <form onSubmit={submit}>
        <TextInput
          ref={emailField}
          label="Email"
          type="email"
          autoComplete="username"
          required
          withAsterisk={false}
          autoFocus
          value={email}
          error={emailProblem}
          onChange={(event) => {
            setEmail(event.currentTarget.value);
            setEmailProblem(null);
          }}
        />
        <div className={classes.withLink}>
          <PasswordInput
            ref={passwordField}
            label="Password"
            mt={14}
            autoComplete="current-password"
            required
            withAsterisk={false}
            value={password}
            onChange={(event) => setPassword(event.currentTarget.value)}
            visibilityToggleButtonProps={{ 'aria-label': 'Show the password' }}
          />
          <Link to="/forgot" search={{ email: email.trim() || undefined }} className={classes.beside}>
            Forgot it?
          </Link>
        </div>
        {problem && <FormNote>{problem}</FormNote>}
        <Button type="submit" fullWidth size="sm" mt={16} loading={busy === 'password'}>
          Sign in
        </Button>
        <Button variant="default" fullWidth size="sm" mt={8} loading={busy === 'sso'} onClick={() => void startSso()}>
          Use single sign-on
        </Button>
      </form>
      <p className={classes.foot}>No account? Ask the person who runs Patchline here for an invitation.</p>
    </FrontDoor>
  );
}

const NOTICES = {
  reset: 'Your password is changed, and you are signed out everywhere. Sign in with the new one.',
  confirmed: 'Your email is confirmed and your company is ready. Sign in to begin.',
  joined: 'You are in. Sign in to begin.',
};
