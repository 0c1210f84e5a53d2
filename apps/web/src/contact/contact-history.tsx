import { IconBan, IconCheck, IconInfoCircle } from '@tabler/icons-react';
import type { ContactEvent } from '../api/types-contacts.ts';
import { moment } from '../format/time.ts';
import classes from './contact-pane.module.css';
import { eventTone } from './event-tone.ts';

/** What this person asked of us over time, newest first. */
export function ContactHistory({ events, now }: { events: readonly ContactEvent[]; now: number }) {
  return (
    <section className={classes.section}>
      <h3 className={classes.title}>History</h3>
      <ul className={classes.events}>
        {events.map((event) => {
          const tone = eventTone(event);
          const Icon = tone === 'off' ? IconBan : tone === 'on' ? IconCheck : IconInfoCircle;
          return (
            <li key={event.id} className={classes.event} data-tone={tone}>
              <Icon size={16} stroke={1.7} aria-hidden="true" />
              <span>
                {event.text}
                <time className={classes.when} dateTime={event.at}>
                  {moment(Date.parse(event.at), now)}
                </time>
              </span>
            </li>
          );
        })}
      </ul>
    </section>
  );
}
