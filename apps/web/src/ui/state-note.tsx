import { Button } from '@mantine/core';
import type { ReactNode } from 'react';
import classes from './state-note.module.css';

interface Props {
  icon: ReactNode;
  /** What is so, in one sentence. */
  title: string;
  /** What to do about it. */
  children: ReactNode;
  tone?: 'plain' | 'error';
  action?: { label: string; onClick: () => void; loading?: boolean };
}

/** An empty, failed or "nothing found" place: what is so, what to do, and one button. */
export function StateNote({ icon, title, children, tone = 'plain', action }: Props) {
  return (
    <div className={classes.note} data-tone={tone} role={tone === 'error' ? 'alert' : undefined}>
      <span className={classes.icon}>{icon}</span>
      <div>
        <p className={classes.title}>{title}</p>
        <p className={classes.text}>{children}</p>
        {action && (
          <Button variant="default" size="xs" onClick={action.onClick} loading={action.loading} mt={10}>
            {action.label}
          </Button>
        )}
      </div>
    </div>
  );
}
