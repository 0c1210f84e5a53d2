import { Button } from '@mantine/core';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { useEffect, useState } from 'react';
import { people } from '../api/calls-people.ts';
import { sentence } from '../api/errors.ts';
import { FormNote } from '../ui/form-note.tsx';
import classes from './front-door.module.css';
import { FrontDoor } from './front-door.tsx';

/** Where the link of a sign-up leads. A button, because mail programs open links by themselves to look at them. */
export function ConfirmPage() {
  const { token } = useSearch({ from: '/confirm' });
  const navigate = useNavigate();
  const [problem, setProblem] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);

  useEffect(() => {
    document.title = 'Confirm your email · Patchline';
  }, []);

  async function confirm() {
    setBusy(true);
    setProblem(null);
    try {
      await people.confirmSignUp(token ?? '');
      await navigate({ to: '/sign-in', search: { notice: 'confirmed' }, replace: true });
    } catch (error) {
      setProblem(sentence(error));
      setBusy(false);
    }
  }

  return (
    <FrontDoor title="Confirm your email" lead="With this your company is made, and you can sign in.">
      {problem && <FormNote>{problem}</FormNote>}
      <Button fullWidth size="sm" mt={problem ? 16 : 0} loading={busy} disabled={!token} onClick={() => void confirm()}>
        Confirm
      </Button>
      <p className={classes.foot}>
        {!token && 'The link is cut off: open it from the email. '}
        Too late? <Link to="/sign-up">Sign up again</Link>
      </p>
    </FrontDoor>
  );
}
