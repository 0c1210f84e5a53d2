import type { BusinessHours, Span } from '@patchline/domain/business-hours';

/** Hours as a form holds them: a day is a list of spans, an end at midnight is 00:00 as a time field shows it. */
export interface HoursForm {
  timeZone: string;
  /** Monday to Sunday. */
  week: Span[][];
  holidays: Array<{ key: number; date: string; name: string; spans: Span[] }>;
}

export const DAYS = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'] as const;

const OFFICE: Span = { from: '09:00', to: '17:00' };

let keys = 0;

export const newKey = () => ++keys;

/** What most offices have, to begin with. */
export function officeHours(timeZone: string): HoursForm {
  return { timeZone, week: DAYS.map((_, day) => (day < 5 ? [OFFICE] : [])), holidays: [] };
}

export function toForm({ timeZone, week, holidays }: BusinessHours): HoursForm {
  return {
    timeZone,
    week: DAYS.map((_, i) => week.filter(({ day }) => day === i + 1).map(shown)),
    holidays: holidays.map((holiday) => ({ ...holiday, key: newKey(), spans: holiday.spans.map(shown) })),
  };
}

export function fromForm({ timeZone, week, holidays }: HoursForm): BusinessHours {
  return {
    timeZone,
    week: week.flatMap((spans, i) => spans.map((span) => ({ day: i + 1, ...meant(span) }))),
    holidays: holidays.map(({ date, name, spans }) => ({
      date,
      name: name.trim() || 'Holiday',
      spans: spans.map(meant),
    })),
  };
}

/** A span to add to a day that has some: after the last, an hour later. */
export function nextSpan(spans: readonly Span[]): Span {
  const last = spans.at(-1);
  if (last === undefined) return OFFICE;
  const hour = Number(last.to.slice(0, 2));
  if (last.to === '00:00' || hour >= 22) return { from: '22:00', to: '00:00' };
  const time = (at: number) => `${String(at % 24).padStart(2, '0')}:00`;
  return { from: time(hour + 1), to: time(hour + 2) };
}

/** What the server says of `businessHours.week.3.to`, for the day or holiday it is about. */
export function hoursProblems(problems: Record<string, string>, form: HoursForm): Map<string, string> {
  const found = new Map<string, string>();
  const { week } = fromForm(form);
  for (const [path, words] of Object.entries(problems)) {
    const [, part = '', index = ''] = path.split('.');
    if (!path.startsWith('businessHours.')) continue;
    const day = part === 'week' && index !== '' ? week[Number(index)]?.day : undefined;
    if (day !== undefined) found.set(`day ${day}`, words);
    else if (part === 'holidays') found.set(`holiday ${index}`, words);
    else found.set(part, words);
  }
  return found;
}

function shown({ from, to }: Span): Span {
  return { from, to: to === '24:00' ? '00:00' : to };
}

function meant({ from, to }: Span): Span {
  return { from, to: to === '00:00' ? '24:00' : to };
}
