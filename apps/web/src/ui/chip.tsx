import type { ReactNode } from 'react';
import classes from './chip.module.css';

export type Tone = 'plain' | 'accent' | 'green' | 'ochre' | 'red' | 'violet';

/** A short fact in its colour, never the colour alone: it always has words, and mostly an icon. */
export function Chip({ tone = 'plain', icon, children }: { tone?: Tone; icon?: ReactNode; children: ReactNode }) {
  return (
    <span className={classes.chip} data-tone={tone}>
      {icon}
      {children}
    </span>
  );
}
