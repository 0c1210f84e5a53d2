/** Times as people at a desk say them: 9:38 today, Mon this week, 6 May before that. All in the viewer's zone and language. */

const DAY_MS = 86_400_000;

/** Midnight at the start of the day of `at`, in the viewer's zone, as milliseconds. */
export function startOfDay(at: number): number {
  const day = new Date(at);
  day.setHours(0, 0, 0, 0);
  return day.getTime();
}

/** Whole calendar days from `at` to `now`; 0 is today. Rounded, because a day can have 23 or 25 hours. */
export function daysAgo(at: number, now: number): number {
  return Math.round((startOfDay(now) - startOfDay(at)) / DAY_MS);
}

export function clock(at: number, locale?: string): string {
  return new Intl.DateTimeFormat(locale, { hour: 'numeric', minute: '2-digit' }).format(at);
}

/** For a row in the list, where room is short. */
export function shortTime(at: number, now: number, locale?: string): string {
  const days = daysAgo(at, now);
  if (days <= 0) return clock(at, locale);
  if (days < 7) return new Intl.DateTimeFormat(locale, { weekday: 'short' }).format(at);
  const sameYear = new Date(at).getFullYear() === new Date(now).getFullYear();
  return new Intl.DateTimeFormat(locale, {
    day: 'numeric',
    month: 'short',
    ...(sameYear ? {} : { year: 'numeric' }),
  }).format(at);
}

/** For a line between two days of a conversation. */
export function dayName(at: number, now: number, locale?: string): string {
  const days = daysAgo(at, now);
  if (days <= 0) return 'Today';
  if (days === 1) return 'Yesterday';
  const sameYear = new Date(at).getFullYear() === new Date(now).getFullYear();
  return new Intl.DateTimeFormat(locale, {
    weekday: 'long',
    day: 'numeric',
    month: 'long',
    ...(sameYear ? {} : { year: 'numeric' }),
  }).format(at);
}

/** A moment in a sentence: "today, 4:20 PM" or "6 May, 4:20 PM". */
export function moment(at: number, now: number, locale?: string): string {
  const days = daysAgo(at, now);
  const day = days === 0 ? 'today' : days === 1 ? 'yesterday' : longDate(at, now, locale);
  return `${day}, ${clock(at, locale)}`;
}

/** A date without a time: "6 May" this year, "6 May 2024" before. */
export function longDate(at: number, now: number, locale?: string): string {
  const sameYear = new Date(at).getFullYear() === new Date(now).getFullYear();
  return new Intl.DateTimeFormat(locale, {
    day: 'numeric',
    month: 'long',
    ...(sameYear ? {} : { year: 'numeric' }),
  }).format(at);
}
