import { IconAlertTriangle } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import classes from './form-note.module.css';

/** What went wrong with a form, beside its button and read out at once. */
export function FormNote({ children }: { children: ReactNode }) {
  return (
    <p className={classes.note} role="alert">
      <IconAlertTriangle size={16} stroke={1.7} aria-hidden="true" />
      <span>{children}</span>
    </p>
  );
}
