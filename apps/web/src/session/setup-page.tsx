import { Button, PasswordInput, TextInput } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { type FormEvent, useEffect, useState } from 'react';
import { api } from '../api/calls.ts';
import { sentence } from '../api/errors.ts';
import { signIn } from '../api/sign-in.ts';
import { FormNote } from '../ui/form-note.tsx';
import { FrontDoor } from './front-door.tsx';
import { SHORTEST_PASSWORD } from './password.ts';

const EMPTY = { tenantName: '', name: '', email: '', password: '' };

/** The first owner's page, guarded by the token that the server printed when it started. */
export function SetupPage() {
  const search = useSearch({ from: '/setup' });
  const navigate = useNavigate();
  const queries = useQueryClient();
  const [token, setToken] = useState(search.token ?? '');
  const [form, setForm] = useState(EMPTY);
  const [problem, setProblem] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);

  useEffect(() => {
    document.title = 'Set up · Patchline';
  }, []);

  const field = (name: keyof typeof EMPTY) => ({
    value: form[name],
    required: true,
    withAsterisk: false,
    mt: 14,
    onChange: (event: { currentTarget: { value: string } }) => {
      const { value } = event.currentTarget;
      setForm((old) => ({ ...old, [name]: value }));
    },
  });

  async function submit(event: FormEvent) {
    event.preventDefault();
    if (busy) return;
    if (form.password.length < SHORTEST_PASSWORD) {
      setProblem(`Choose a password of at least ${SHORTEST_PASSWORD} characters.`);
      return;
    }
    setBusy(true);
    setProblem(null);
    try {
      const { timeZone } = Intl.DateTimeFormat().resolvedOptions();
      await api.setUp({ ...form, email: form.email.trim(), token: token.trim(), timeZone });
      const result = await signIn(form.email.trim(), form.password);
      queries.clear();
      await navigate({ to: result === 'signed-in' ? '/inbox' : '/sign-in', replace: true });
    } catch (error) {
      setProblem(sentence(error));
      setBusy(false);
    }
  }

  return (
    <FrontDoor title="Set up Patchline" lead="You become the owner. You can add your team afterwards.">
      <form onSubmit={submit}>
        <TextInput
          label="Set-up token"
          description="The server printed it when it started."
          required
          withAsterisk={false}
          autoFocus={!search.token}
          autoComplete="off"
          spellCheck={false}
          value={token}
          onChange={(event) => setToken(event.currentTarget.value)}
        />
        <TextInput label="Company" autoComplete="organization" autoFocus={!!search.token} {...field('tenantName')} />
        <TextInput label="Your name" autoComplete="name" {...field('name')} />
        <TextInput label="Email" type="email" autoComplete="username" {...field('email')} />
        <PasswordInput
          label="Password"
          description={`At least ${SHORTEST_PASSWORD} characters.`}
          autoComplete="new-password"
          visibilityToggleButtonProps={{ 'aria-label': 'Show the password' }}
          {...field('password')}
        />
        {problem && <FormNote>{problem}</FormNote>}
        <Button type="submit" fullWidth size="sm" mt={16} loading={busy}>
          Set up and sign in
        </Button>
      </form>
    </FrontDoor>
  );
}
