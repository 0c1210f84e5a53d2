import type { AuditQuery } from '../api/types-people.ts';

/** What is looked for, as it stands in the page's address. Dates are days of the viewer's calendar, YYYY-MM-DD. */
export interface AuditSearch {
  q?: string;
  kind?: string;
  actor?: string;
  from?: string;
  to?: string;
}

const text = (value: unknown) => (typeof value === 'string' && value !== '' ? value : undefined);
const day = (value: unknown) => (typeof value === 'string' && /^\d{4}-\d{2}-\d{2}$/.test(value) ? value : undefined);

/** The search of an address; what cannot be meant is left out. */
export function readAuditSearch(search: Record<string, unknown>): AuditSearch {
  return {
    q: text(search.q),
    kind: text(search.kind),
    actor: text(search.actor),
    from: day(search.from),
    to: day(search.to),
  };
}

/** What the server is asked: from the beginning of the first day to the end of the last, in the viewer's zone. */
export function askedOf({ q, kind, actor, from, to }: AuditSearch): AuditQuery {
  return {
    ...(q === undefined ? {} : { q }),
    ...(kind === undefined ? {} : { kind }),
    ...(actor === undefined ? {} : { actor }),
    ...(from === undefined ? {} : { from: midnight(from, 0) }),
    ...(to === undefined ? {} : { to: midnight(to, 1) }),
  };
}

/** The midnight at which a day begins, some days later. Days are counted by the calendar: they can have 23 or 25 hours. */
function midnight(date: string, daysLater: number): string {
  const [year = 0, month = 1, dayOfMonth = 1] = date.split('-').map(Number);
  return new Date(year, month - 1, dayOfMonth + daysLater).toISOString();
}
