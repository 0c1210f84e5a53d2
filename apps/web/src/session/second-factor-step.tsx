import { Button, TextInput } from '@mantine/core';
import { type FormEvent, useRef, useState } from 'react';
import { sentence } from '../api/errors.ts';
import { giveSecondFactor } from '../api/sign-in.ts';
import { FormNote } from '../ui/form-note.tsx';
import classes from './front-door.module.css';
import { FrontDoor } from './front-door.tsx';

const KINDS = {
  code: {
    label: 'Code',
    lead: 'Your authenticator app shows a code of six digits.',
    wrong: 'That is not the code that the app shows now. Codes change every 30 seconds; try the next one.',
    other: 'Use a recovery code',
  },
  recovery: {
    label: 'Recovery code',
    lead: 'One of the codes that you kept when you set the second factor up. Each works once.',
    wrong: 'That recovery code is not known here, or was used before.',
    other: 'Use the authenticator app',
  },
} as const;

interface Props {
  onSignedIn: () => void;
  onBack: () => void;
}

export function SecondFactorStep({ onSignedIn, onBack }: Props) {
  const [kind, setKind] = useState<keyof typeof KINDS>('code');
  const [code, setCode] = useState('');
  const [problem, setProblem] = useState<string | null>(null);
  const [fieldProblem, setFieldProblem] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const field = useRef<HTMLInputElement>(null);
  const words = KINDS[kind];

  async function submit(event: FormEvent) {
    event.preventDefault();
    if (busy) return;
    setBusy(true);
    setProblem(null);
    setFieldProblem(null);
    try {
      const result = await giveSecondFactor(kind, kind === 'code' ? code.replace(/\s/g, '') : code.trim());
      if (result === 'signed-in') return onSignedIn();
      if (result === 'too-many') setProblem('Too many tries. Wait a few minutes, then try again.');
      else setFieldProblem(words.wrong);
      field.current?.select();
    } catch (error) {
      setProblem(sentence(error));
    }
    setBusy(false);
  }

  function change(to: keyof typeof KINDS) {
    setKind(to);
    setCode('');
    setProblem(null);
    setFieldProblem(null);
    field.current?.focus();
  }

  return (
    <FrontDoor title="One more step" lead={words.lead}>
      <form onSubmit={submit}>
        <TextInput
          ref={field}
          label={words.label}
          autoFocus
          required
          withAsterisk={false}
          autoComplete={kind === 'code' ? 'one-time-code' : 'off'}
          inputMode={kind === 'code' ? 'numeric' : 'text'}
          spellCheck={false}
          maxLength={40}
          value={code}
          error={fieldProblem}
          onChange={(event) => setCode(event.currentTarget.value)}
        />
        {problem && <FormNote>{problem}</FormNote>}
        <Button type="submit" fullWidth size="sm" mt={16} loading={busy}>
          Sign in
        </Button>
        <Button
          variant="default"
          fullWidth
          size="sm"
          mt={8}
          onClick={() => change(kind === 'code' ? 'recovery' : 'code')}
        >
          {words.other}
        </Button>
      </form>
      <p className={classes.foot}>
        Neither at hand? An owner of your company can switch your second factor off.{' '}
        <button type="button" className={classes.plain} onClick={onBack}>
          Start over
        </button>
      </p>
    </FrontDoor>
  );
}
