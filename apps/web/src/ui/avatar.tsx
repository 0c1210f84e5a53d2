import { IconUser } from '@tabler/icons-react';
import { colourPair, initials } from '../format/avatar.ts';
import classes from './avatar.module.css';

/** Initials on one of six quiet colours. Decoration: the name always stands beside it. */
export function Avatar({ name, size = 32, seed }: { name: string | null; size?: 20 | 28 | 32 | 48; seed?: string }) {
  const letters = initials(name);
  const pair = colourPair(seed ?? name ?? '');
  return (
    <span
      className={classes.avatar}
      data-size={size}
      style={{ background: `var(--av${pair})`, color: `var(--av${pair}-text)` }}
      aria-hidden="true"
    >
      {letters || <IconUser size={size / 2} stroke={1.7} />}
    </span>
  );
}
