import { UnstyledButton } from '@mantine/core';
import { IconChevronRight } from '@tabler/icons-react';
import { type ReactNode, useId, useState } from 'react';
import type { AuditEntry } from '../api/types-people.ts';
import { moment } from '../format/time.ts';
import { deviceName } from '../format/user-agent.ts';
import { useNow } from '../ui/use-now.ts';
import classes from './audit.module.css';

const ACTORS: Record<string, string> = {
  user: 'A person who is not here any more',
  key: 'An API key that is gone',
  carrier: 'The carrier',
  person: 'The customer',
  system: 'Patchline',
};

/** One entry: who did what and when; opened, from where and every detail. */
export function AuditRow({ entry }: { entry: AuditEntry }) {
  const [open, setOpen] = useState(false);
  const id = useId();
  const now = useNow();
  const who = entry.actor.name ?? ACTORS[entry.actor.kind] ?? entry.actor.kind;
  const about = entry.subjectName ?? (/^\+\d+$/.test(entry.subject) ? entry.subject : null);
  return (
    <li className={classes.entry}>
      <UnstyledButton
        className={classes.line}
        aria-expanded={open}
        aria-controls={id}
        onClick={() => setOpen((before) => !before)}
      >
        <IconChevronRight className={classes.chevron} size={14} stroke={1.7} aria-hidden="true" />
        <span className={classes.what}>
          <strong>{who}</strong> {entry.words}
          {about && about !== who && <span className={classes.about}>: {about}</span>}
        </span>
        <time className={classes.when} dateTime={entry.at}>
          {moment(Date.parse(entry.at), now)}
        </time>
      </UnstyledButton>
      {open && (
        <dl className={classes.details} id={id}>
          <Detail name="When">{new Date(entry.at).toLocaleString(undefined, { timeZoneName: 'short' })}</Detail>
          {entry.where && (
            <Detail name="From where">
              {entry.where.ip}, {deviceName(entry.where.userAgent)}
            </Detail>
          )}
          <Detail name="Kind">{entry.kind}</Detail>
          <Detail name="About">{entry.subject}</Detail>
          {entry.details === null ? (
            <Detail name="Details">Erased</Detail>
          ) : (
            Object.entries(entry.details).map(([name, value]) => (
              <Detail key={name} name={name}>
                {typeof value === 'string' ? value : JSON.stringify(value)}
              </Detail>
            ))
          )}
          <Detail name="Entry">{entry.id}</Detail>
        </dl>
      )}
    </li>
  );
}

function Detail({ name, children }: { name: string; children: ReactNode }) {
  return (
    <>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </>
  );
}
