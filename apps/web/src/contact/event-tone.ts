import type { ContactEvent } from '../api/types-contacts.ts';

/** Whether an event switched something off, on, or neither, by its kind. */
export function eventTone(event: Pick<ContactEvent, 'kind'>): 'off' | 'on' | 'plain' {
  if (event.kind === 'dnc.cleared') return 'on';
  if (event.kind === 'dnc.set') return 'off';
  return 'plain';
}
