import type { ContactEvent } from '../api/types-contacts.ts';
import type { PendingSend } from '../composer/send-queue.ts';
import { startOfDay } from '../format/time.ts';
import type { TimelineMessage } from './message.ts';

export type TimelineItem =
  | { kind: 'day'; key: string; at: number }
  | { kind: 'message'; key: string; message: TimelineMessage; lastOfRun: boolean }
  | { kind: 'event'; key: string; event: ContactEvent; at: number }
  | { kind: 'pending'; key: string; send: PendingSend };

/** Within one person's run of texts, a longer silence than this shows the time again. */
const RUN_MS = 5 * 60_000;

function sameRun(a: TimelineMessage, b: TimelineMessage): boolean {
  return a.direction === b.direction && a.author?.id === b.author?.id && a.status === b.status && b.at - a.at < RUN_MS;
}

/**
 * The timeline in drawing order: texts by seq, what happened to the contact between them by time, a line where a day
 * begins, and what is still on its way at the end. Events older than the oldest loaded text wait for its page.
 */
export function timelineItems(
  messages: readonly TimelineMessage[],
  events: readonly ContactEvent[],
  pending: readonly PendingSend[],
  hasOlder: boolean,
): TimelineItem[] {
  const items: TimelineItem[] = [];
  const from = hasOlder ? (messages[0]?.at ?? Number.POSITIVE_INFINITY) : Number.NEGATIVE_INFINITY;
  const waiting = events
    .map((event) => ({ event, at: Date.parse(event.at) }))
    .filter(({ at }) => at >= from)
    .sort((a, b) => a.at - b.at);

  let day: number | null = null;
  const add = (item: TimelineItem, at: number) => {
    const itsDay = startOfDay(at);
    if (itsDay !== day) items.push({ kind: 'day', key: `day-${itsDay}-${items.length}`, at });
    day = itsDay;
    items.push(item);
  };
  const addEventsBefore = (at: number) => {
    for (let next = waiting[0]; next && next.at < at; next = waiting[0]) {
      waiting.shift();
      add({ kind: 'event', key: `event-${next.event.id}`, event: next.event, at: next.at }, next.at);
    }
  };

  messages.forEach((message, index) => {
    addEventsBefore(message.at);
    const next = messages[index + 1];
    const lastOfRun = !next || !sameRun(message, next);
    add({ kind: 'message', key: message.id, message, lastOfRun }, message.at);
  });
  addEventsBefore(Number.POSITIVE_INFINITY);
  for (const send of pending) add({ kind: 'pending', key: send.key, send }, send.composedAt);
  return items;
}
