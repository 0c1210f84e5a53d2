import { Button, PasswordInput, TextInput } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { type FormEvent, useEffect, useState } from 'react';
import { people } from '../api/calls-people.ts';
import { sentence } from '../api/errors.ts';
import { signIn } from '../api/sign-in.ts';
import type { InvitationLook } from '../api/types-people.ts';
import { ROLE_WORDS } from '../format/roles.ts';
import { noteOf, problemsOf } from '../settings/field-problems.ts';
import { FormNote } from '../ui/form-note.tsx';
import classes from './front-door.module.css';
import { FrontDoor } from './front-door.tsx';
import { meQuery } from './load-session.ts';
import { NewPasswordField } from './new-password-field.tsx';
import { passwordProblem } from './password.ts';

/** Where an invitation's link leads: who asks, and a name and password for those who are new. */
export function InvitePage() {
  const { token } = useSearch({ from: '/invite' });
  const look = useQuery({
    queryKey: ['invitation', token],
    queryFn: () => people.lookAtInvitation(token ?? ''),
    enabled: token !== undefined,
    staleTime: Number.POSITIVE_INFINITY,
  });

  useEffect(() => {
    document.title = 'Invitation · Patchline';
  }, []);

  const me = useQuery({ ...meQuery, retry: false });
  if (look.data && !me.isPending) {
    return <Accept token={token ?? ''} look={look.data} signedIn={me.data?.user.email === look.data.email} />;
  }
  if (token && !look.isError) return <FrontDoor title="Invitation" lead="Looking at it…" />;
  return (
    <FrontDoor title="This invitation does not work" lead="It may be used already, taken back, or older than 7 days.">
      {look.isError && <p>{sentence(look.error)}</p>}
      <p className={classes.foot}>
        Ask who invited you to send it again, or <Link to="/sign-in">sign in</Link>.
      </p>
    </FrontDoor>
  );
}

interface AcceptProps {
  token: string;
  look: InvitationLook;
  /** Who is invited is the one who is signed in here. */
  signedIn: boolean;
}

function Accept({ token, look, signedIn }: AcceptProps) {
  const navigate = useNavigate();
  const queries = useQueryClient();
  const [name, setName] = useState('');
  const [password, setPassword] = useState('');
  const [weak, setWeak] = useState<string | null>(null);
  const [error, setError] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);
  const problems = problemsOf(error);
  const note = noteOf(error, ['name', 'password']);
  const { label } = ROLE_WORDS[look.role];

  async function submit(event: FormEvent) {
    event.preventDefault();
    const found = look.hasAccount ? null : passwordProblem(password);
    setWeak(found);
    if (busy || found) return;
    setBusy(true);
    setError(null);
    try {
      if (signedIn) {
        await people.acceptInvitation({ token });
        queries.clear();
        await navigate({ to: '/inbox', replace: true });
        return;
      }
      await people.acceptInvitation(look.hasAccount ? { token, password } : { token, name: name.trim(), password });
      const result = await signIn(look.email, password);
      queries.clear();
      await navigate(
        result === 'signed-in'
          ? { to: '/inbox', replace: true }
          : { to: '/sign-in', search: { notice: 'joined' }, replace: true },
      );
    } catch (caught) {
      setError(caught);
      setBusy(false);
    }
  }

  return (
    <FrontDoor
      title={`Join ${look.tenantName}`}
      lead={`You are invited as ${/^[aeiou]/i.test(label) ? 'an' : 'a'} ${label.toLowerCase()}.`}
    >
      <form onSubmit={submit}>
        <TextInput label="Email" type="email" autoComplete="username" readOnly value={look.email} />
        {signedIn ? null : look.hasAccount ? (
          <PasswordInput
            label="Password"
            description="You sign in to Patchline here already: it is the password you have."
            mt={14}
            autoComplete="current-password"
            required
            withAsterisk={false}
            autoFocus
            value={password}
            error={problems.password}
            onChange={(event) => setPassword(event.currentTarget.value)}
            visibilityToggleButtonProps={{ 'aria-label': 'Show the password' }}
          />
        ) : (
          <>
            <TextInput
              label="Your name"
              mt={14}
              autoComplete="name"
              required
              withAsterisk={false}
              autoFocus
              maxLength={120}
              value={name}
              error={problems.name}
              onChange={(event) => setName(event.currentTarget.value)}
            />
            <NewPasswordField
              label="Password"
              mt={14}
              value={password}
              error={weak ?? problems.password}
              onChange={setPassword}
            />
          </>
        )}
        {note && <FormNote>{note}</FormNote>}
        <Button type="submit" fullWidth size="sm" mt={16} loading={busy}>
          Join {look.tenantName}
        </Button>
      </form>
    </FrontDoor>
  );
}
