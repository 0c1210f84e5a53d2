import { IconBan, IconCheck, IconInfoCircle } from '@tabler/icons-react';
import type { ContactEvent } from '../api/types-contacts.ts';
import { eventTone } from '../contact/event-tone.ts';
import { clock } from '../format/time.ts';
import classes from './event-line.module.css';

/** Something that happened to the contact, between the texts. */
export function EventLine({ event, at }: { event: ContactEvent; at: number }) {
  const tone = eventTone(event);
  const Icon = tone === 'off' ? IconBan : tone === 'on' ? IconCheck : IconInfoCircle;
  return (
    <p className={classes.line} data-tone={tone}>
      <Icon size={16} stroke={1.8} aria-hidden="true" />
      <span>{event.text}</span>
      <time className={classes.time} dateTime={event.at}>
        {clock(at)}
      </time>
    </p>
  );
}
