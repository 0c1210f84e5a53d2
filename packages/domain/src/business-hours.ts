import { DateTime, IANAZone } from 'luxon';

/** When a number is attended, in the local time of one place. */
export interface BusinessHours {
  /** IANA name, for example America/Denver. */
  timeZone: string;
  /** The spans of an ordinary week; a day without one is closed. A night shift is two spans. */
  week: WeekSpan[];
  /** Days that are not ordinary. */
  holidays: Holiday[];
}

export interface Span {
  /** `HH:MM`, from 00:00. */
  from: string;
  /** `HH:MM`, later than `from`, up to 24:00. */
  to: string;
}

export interface WeekSpan extends Span {
  /** 1 is Monday, 7 is Sunday (ISO 8601). */
  day: number;
}

export interface Holiday {
  /** `YYYY-MM-DD`. */
  date: string;
  name: string;
  /** When it is attended all the same; none: closed all day. */
  spans: Span[];
}

/** What is wrong with somebody's entry, for the field it is about. */
export interface HoursProblem {
  path: string;
  message: string;
}

const TIME = /^(?:[01]\d|2[0-3]):[0-5]\d$|^24:00$/;

/** Everything that is wrong; empty when the hours can be used. */
export function problemsOfHours(hours: BusinessHours): HoursProblem[] {
  const problems: HoursProblem[] = [];
  if (!IANAZone.isValidZone(hours.timeZone)) {
    problems.push({ path: 'timeZone', message: 'is not an IANA time zone, such as America/Denver' });
  }
  for (const [i, { day, ...span }] of hours.week.entries()) {
    if (!Number.isInteger(day) || day < 1 || day > 7) {
      problems.push({ path: `week.${i}.day`, message: 'is not a day from 1 (Monday) to 7 (Sunday)' });
    }
    problems.push(...problemsOfSpan(span, `week.${i}`));
  }
  for (let day = 1; day <= 7; day++) {
    problems.push(
      ...overlaps(
        hours.week.filter((span) => span.day === day),
        'week',
      ),
    );
  }
  const dates = new Set<string>();
  for (const [i, { date, spans }] of hours.holidays.entries()) {
    const path = `holidays.${i}`;
    if (!/^\d{4}-\d{2}-\d{2}$/.test(date) || !DateTime.fromISO(date).isValid) {
      problems.push({ path: `${path}.date`, message: 'is not a date, such as 2026-12-25' });
    }
    if (dates.has(date)) problems.push({ path: `${path}.date`, message: 'is there twice' });
    dates.add(date);
    for (const [n, span] of spans.entries()) problems.push(...problemsOfSpan(span, `${path}.spans.${n}`));
    problems.push(...overlaps(spans, `${path}.spans`));
  }
  return problems;
}

function problemsOfSpan({ from, to }: Span, path: string): HoursProblem[] {
  for (const [name, time] of Object.entries({ from, to })) {
    if (!TIME.test(time)) return [{ path: `${path}.${name}`, message: 'is not a time from 00:00 to 24:00' }];
  }
  return from < to ? [] : [{ path: `${path}.to`, message: 'is not later than its beginning' }];
}

function overlaps(spans: readonly Span[], path: string): HoursProblem[] {
  const sorted = spans.toSorted((a, b) => (a.from < b.from ? -1 : 1));
  const clash = sorted.some((span, i) => i > 0 && span.from < (sorted[i - 1]?.to ?? ''));
  return clash ? [{ path, message: 'has hours that overlap' }] : [];
}

/**
 * Whether it is attended at a moment. Spans are wall-clock time: on the day the clocks change, 09:00 to 17:00 are the hours
 * that a clock on the wall shows. No hours at all: always attended.
 */
export function isAttended(hours: BusinessHours | null, at: Date): boolean {
  if (hours === null) return true;
  const local = DateTime.fromJSDate(at, { zone: hours.timeZone });
  const now = local.toFormat('HH:mm');
  return spansOf(hours, local).some(({ from, to }) => from <= now && now < to);
}

/** When it is attended next: `at` itself while it is; null when nothing is in the coming year. */
export function attendedNext(hours: BusinessHours | null, at: Date): Date | null {
  if (isAttended(hours, at) || hours === null) return at;
  const local = DateTime.fromJSDate(at, { zone: hours.timeZone });
  for (let days = 0; days <= 366; days++) {
    const day = local.plus({ days }).startOf('day');
    const starts = spansOf(hours, day)
      .flatMap(({ from }): DateTime[] => {
        const [hour = 0, minute = 0] = from.split(':').map(Number);
        // A start that the clocks skip is moved on by luxon; one in the hour that they repeat comes twice.
        return day.set({ hour, minute }).getPossibleOffsets();
      })
      .filter((start) => start > local);
    if (starts.length > 0) return DateTime.min(...starts)?.toJSDate() ?? null;
  }
  return null;
}

/** When it is attended next, in words: “today at 1:30 PM”, “Monday at 9:00 AM”, “December 28 at 9:00 AM”; null: never. */
export function openingWords(hours: BusinessHours, at: Date): string | null {
  const next = attendedNext(hours, at);
  if (next === null) return null;
  const local = (time: Date) => DateTime.fromJSDate(time, { zone: hours.timeZone }).setLocale('en-US');
  const opening = local(next);
  const days = Math.round(opening.startOf('day').diff(local(at).startOf('day'), 'days').days);
  const day = days === 0 ? 'today' : days === 1 ? 'tomorrow' : opening.toFormat(days < 7 ? 'cccc' : 'LLLL d');
  return `${day} at ${opening.toFormat('h:mm a')}`;
}

function spansOf({ week, holidays }: BusinessHours, local: DateTime): readonly Span[] {
  const holiday = holidays.find(({ date }) => date === local.toISODate());
  return holiday ? holiday.spans : week.filter(({ day }) => day === local.weekday);
}
