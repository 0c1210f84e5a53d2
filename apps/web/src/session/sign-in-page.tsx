import { Button, PasswordInput, TextInput } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useRouter, useSearch } from '@tanstack/react-router';
import { type FormEvent, useEffect, useRef, useState } from 'react';
import { sentence } from '../api/errors.ts';
import { signIn } from '../api/sign-in.ts';
import { FormNote } from '../ui/form-note.tsx';
import { FrontDoor } from './front-door.tsx';

const WORDS = {
  wrong: 'That email and password do not belong together. Check both and try again.',
  'too-many': 'Too many tries from here. Wait a few minutes, then try again.',
};

export function SignInPage() {
  const { to } = useSearch({ from: '/sign-in' });
  const router = useRouter();
  const queries = useQueryClient();
  const [email, setEmail] = useState('');
  const [password, setPassword] = useState('');
  const [problem, setProblem] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const field = useRef<HTMLInputElement>(null);

  useEffect(() => {
    document.title = 'Sign in · Patchline';
  }, []);

  async function submit(event: FormEvent) {
    event.preventDefault();
    if (busy) return;
    setBusy(true);
    setProblem(null);
    try {
      const result = await signIn(email.trim(), password);
      if (result === 'signed-in') {
        queries.clear();
        // Only a path of our own: an address from the query must not lead to another site.
        router.history.replace(to && /^\/(?![/\\])/.test(to) ? to : '/inbox');
        return;
      }
      setProblem(WORDS[result]);
      field.current?.select();
    } catch (error) {
      setProblem(sentence(error));
    }
    setBusy(false);
  }

  return (
    <FrontDoor title="Sign in" lead="Patchline, on your company’s own server">
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
        <PasswordInput
          ref={field}
          label="Password"
          mt={14}
          autoComplete="current-password"
          required
          withAsterisk={false}
          value={password}
          onChange={(event) => setPassword(event.currentTarget.value)}
          visibilityToggleButtonProps={{ 'aria-label': 'Show the password' }}
        />
        {problem && <FormNote>{problem}</FormNote>}
        <Button type="submit" fullWidth size="sm" mt={16} loading={busy}>
          Sign in
        </Button>
      </form>
      <p style={{ marginTop: 16, color: 'var(--text-3)' }}>
        No account? Ask the person who runs Patchline here to add you.
      </p>
    </FrontDoor>
  );
}
