import { IconMapOff } from '@tabler/icons-react';
import { useNavigate } from '@tanstack/react-router';
import { StateNote } from '../ui/state-note.tsx';
import classes from './load-failed.module.css';

export function NotFound() {
  const navigate = useNavigate();
  return (
    <main className={classes.page}>
      <StateNote
        icon={<IconMapOff size={20} stroke={1.7} />}
        title="There is nothing at this address"
        action={{ label: 'Go to the inbox', onClick: () => void navigate({ to: '/inbox' }) }}
      >
        The link may be old or cut off.
      </StateNote>
    </main>
  );
}
