import { useQueryClient } from '@tanstack/react-query';
import { useRouter, useSearch } from '@tanstack/react-router';
import { useEffect, useState } from 'react';
import { ownPath } from './own-path.ts';
import { PasswordStep } from './password-step.tsx';
import { SecondFactorStep } from './second-factor-step.tsx';

/** Email and password, then the second factor where there is one. */
export function SignInPage() {
  const { to } = useSearch({ from: '/sign-in' });
  const router = useRouter();
  const queries = useQueryClient();
  const [step, setStep] = useState<'password' | 'second-factor'>('password');

  useEffect(() => {
    document.title = 'Sign in · Patchline';
  }, []);

  function enter() {
    queries.clear();
    router.history.replace(ownPath(to));
  }

  return step === 'password' ? (
    <PasswordStep onSignedIn={enter} onSecondFactor={() => setStep('second-factor')} />
  ) : (
    <SecondFactorStep onSignedIn={enter} onBack={() => setStep('password')} />
  );
}
