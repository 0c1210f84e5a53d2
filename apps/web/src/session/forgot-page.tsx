import { Button, TextInput } from '@mantine/core';
import { Link, useSearch } from '@tanstack/react-router';
import { type FormEvent, useEffect, useState } from 'react';
import { people } from '../api/calls-people.ts';
import { sentence } from '../api/errors.ts';
import { FormNote } from '../ui/form-note.tsx';
import classes from './front-door.module.css';
import { FrontDoor } from './front-door.tsx';

/** Asks for a link to a new password. It never says whether the address is known. */
export function ForgotPage() {
  const search = useSearch({ from: '/forgot' });
  const [email, setEmail] = useState(search.email ?? '');
  const [sentTo, setSentTo] = useState<string | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);

  useEffect(() => {
    document.title = 'Forgotten password · Patchline';
  }, []);

  async function submit(event: FormEvent) {
    event.preventDefault();
    if (busy) return;
    setBusy(true);
    setProblem(null);
    try {
      await people.askForReset(email.trim());
      setSentTo(email.trim());
    } catch (error) {
      setProblem(sentence(error));
    }
    setBusy(false);
  }

  if (sentTo !== null) {
    return (
      <FrontDoor title="Look at your email" lead={`If somebody signs in here as ${sentTo}, a link is on its way.`}>
        <p>It is good for one hour and works once. If nothing comes, look into the spam folder, or ask again.</p>
        <Button variant="default" fullWidth size="sm" mt={16} onClick={() => setSentTo(null)}>
          Ask again
        </Button>
        <p className={classes.foot}>
          <Link to="/sign-in">Back to sign-in</Link>
        </p>
      </FrontDoor>
    );
  }
  return (
    <FrontDoor title="Forgotten password" lead="We mail you a link with which you choose a new one.">
      <form onSubmit={submit}>
        <TextInput
          label="Email"
          type="email"
          autoComplete="username"
          required
          withAsterisk={false}
          autoFocus
          value={email}
          onChange={(event) => setEmail(event.currentTarget.value)}
        />
        {problem && <FormNote>{problem}</FormNote>}
        <Button type="submit" fullWidth size="sm" mt={16} loading={busy}>
          Send the link
        </Button>
      </form>
      <p className={classes.foot}>
        <Link to="/sign-in">Back to sign-in</Link>
      </p>
    </FrontDoor>
  );
}
