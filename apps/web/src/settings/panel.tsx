import type { ReactNode } from 'react';
import classes from './panel.module.css';

export function Panel({ title, action, children }: { title: string; action?: ReactNode; children: ReactNode }) {
  return (
    <section className={classes.panel}>
      <div className={classes.head}>
        <h2 className={classes.title}>{title}</h2>
        {action}
      </div>
      {children}
    </section>
  );
}

/** One setting: what it does on the left, its control on the right. */
export function SettingRow({ title, help, children }: { title: string; help?: string; children: ReactNode }) {
  return (
    <div className={classes.row}>
      <div className={classes.words}>
        <p className={classes.name}>{title}</p>
        {help && <p className={classes.help}>{help}</p>}
      </div>
      <div className={classes.control}>{children}</div>
    </div>
  );
}
