import { IconAlertTriangle } from '@tabler/icons-react';
import { type ErrorComponentProps, useRouter } from '@tanstack/react-router';
import { useEffect } from 'react';
import { sentence } from '../api/errors.ts';
import { StateNote } from '../ui/state-note.tsx';
import classes from './load-failed.module.css';

/** A page that could not be shown: what happened, and a way on. It tries again by itself while the server restarts. */
export function LoadFailed({ error }: ErrorComponentProps) {
  const router = useRouter();
  useEffect(() => {
    console.error('A page could not be shown.', error);
    const timer = setInterval(() => void router.invalidate(), 5_000);
    return () => clearInterval(timer);
  }, [error, router]);
  return (
    <main className={classes.page}>
      <StateNote
        icon={<IconAlertTriangle size={20} stroke={1.7} />}
        tone="error"
        title="The desk did not load"
        action={{ label: 'Try again', onClick: () => void router.invalidate() }}
      >
        {sentence(error)}
      </StateNote>
    </main>
  );
}
