import type { ReactNode } from 'react';
import { Mark } from '../ui/mark.tsx';
import { Cords } from './cords.tsx';
import classes from './front-door.module.css';

/** The page before the desk: a form on the left, the switchboard on the right. */
export function FrontDoor({ title, lead, children }: { title: string; lead: string; children?: ReactNode }) {
  return (
    <div className={classes.door}>
      <main className={classes.left}>
        <div className={classes.form}>
          <Mark size={40} />
          <h1 className={classes.title}>{title}</h1>
          <p className={classes.lead}>{lead}</p>
          {children}
        </div>
      </main>
      <aside className={classes.right} aria-label="About Patchline">
        <div className={classes.drawing}>
          <Cords />
        </div>
        <p className={classes.motto}>Every text, one line to the person.</p>
        <p className={classes.small}>
          Messages and consent stay on this server. Nobody is contacted who asked not to be.
        </p>
      </aside>
    </div>
  );
}
