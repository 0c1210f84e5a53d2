import { IconArrowLeft } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import classes from './sub-page.module.css';

interface Props {
  title: string;
  back: { to: '/contacts' | '/contacts/imports'; label: string };
  action?: ReactNode;
  children: ReactNode;
}

/** A page beneath the contacts: the way back, a heading, and what it is about. */
export function SubPage({ title, back, action, children }: Props) {
  return (
    <main className={classes.page}>
      <Link to={back.to} className={classes.back}>
        <IconArrowLeft size={16} stroke={1.7} aria-hidden="true" />
        {back.label}
      </Link>
      <div className={classes.head}>
        <h1 className={classes.title}>{title}</h1>
        {action}
      </div>
      <div className={classes.content}>{children}</div>
    </main>
  );
}
