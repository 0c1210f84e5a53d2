import type { CronSchedule } from '../functions/registry.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const DAYS = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday'];
const DAY_NAMES = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];
const MONTH_NAMES = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
/** Far enough to meet every date that exists, 29 February included. */
const HORIZON_DAYS = 366 * 9;

/** One field of a cron expression: the values it allows. */
function parseField(text: string, low: number, high: number, names: string[], nameBase: number): Set<number> {
  const allowed = new Set<number>();
  const number = (part: string): number => {
    const named = names.indexOf(part.slice(0, 3).toLowerCase());
    const value = named >= 0 && /^[a-z]+$/i.test(part) ? named + nameBase : Number(part);
    if (!/^\d+$/.test(part) && named < 0) throw new Error(`"${part}" is not a number.`);
    if (value < low || value > high) throw new Error(`${part} is not between ${low} and ${high}.`);
    return value;
  };
  for (const item of text.split(',')) {
    const [range, stepText] = item.split('/') as [string, string | undefined];
    const step = stepText === undefined ? 1 : Number(stepText);
    if (!Number.isInteger(step) || step < 1) throw new Error(`"${item}" has no valid step.`);
    let from = low;
    let to = high;
    if (range !== '*' && range !== '?') {
      const [first, last] = range.split('-') as [string, string | undefined];
      from = number(first);
      to = last === undefined ? (stepText === undefined ? from : high) : number(last);
    }
    for (let value = from; value <= to; value += step) allowed.add(value);
  }
  return allowed;
}

/** The next time in milliseconds, after `after`, at which a five-field cron expression is due (UTC). */
export function nextCron(expression: string, after: number): number {
  const fields = expression.trim().split(/\s+/);
  if (fields.length !== 5) throw new Error(`Cron expression "${expression}" needs five fields.`);
  const [minuteText, hourText, dayText, monthText, weekdayText] = fields as [string, string, string, string, string];
  const minutes = parseField(minuteText, 0, 59, [], 0);
  const hours = parseField(hourText, 0, 23, [], 0);
  const days = parseField(dayText, 1, 31, [], 0);
  const months = parseField(monthText, 1, 12, MONTH_NAMES, 1);
  const weekdays = parseField(weekdayText, 0, 7, DAY_NAMES, 0);
  if (weekdays.has(7)) weekdays.add(0);
  const anyDay = dayText === '*' || dayText === '?';
  const anyWeekday = weekdayText === '*' || weekdayText === '?';
  const dayMatches = (date: Date): boolean => {
    const byDay = days.has(date.getUTCDate());
    const byWeekday = weekdays.has(date.getUTCDay());
    // As cron has it: if both are restricted, either is enough.
    return anyDay || anyWeekday ? byDay && byWeekday : byDay || byWeekday;
  };
  const start = Math.floor(after / MINUTE) * MINUTE + MINUTE;
  const firstDay = Math.floor(start / DAY) * DAY;
  for (let d = 0; d < HORIZON_DAYS; d++) {
    const day = firstDay + d * DAY;
    const date = new Date(day);
    if (!months.has(date.getUTCMonth() + 1) || !dayMatches(date)) continue;
    for (const hour of [...hours].sort((a, b) => a - b)) {
      for (const minute of [...minutes].sort((a, b) => a - b)) {
        const at = day + hour * HOUR + minute * MINUTE;
        if (at >= start) return at;
      }
    }
  }
  throw new Error(`Cron expression "${expression}" never comes due.`);
}

/** The same schedule as a cron expression; null for intervals. */
function asExpression(schedule: CronSchedule): string | null {
  switch (schedule.type) {
    case 'interval':
      return null;
    case 'hourly':
      return `${schedule.minuteUTC ?? 0} * * * *`;
    case 'daily':
      return `${schedule.minuteUTC ?? 0} ${schedule.hourUTC} * * *`;
    case 'weekly':
      return `${schedule.minuteUTC ?? 0} ${schedule.hourUTC} * * ${DAYS.indexOf(schedule.dayOfWeek)}`;
    case 'monthly':
      return `${schedule.minuteUTC ?? 0} ${schedule.hourUTC} ${schedule.day} * *`;
    case 'cron':
      return schedule.cron;
  }
}

/**
 * When a job is next due, in milliseconds. An interval counts from the last run and is due at
 * once if there was none.
 */
export function nextRun(schedule: CronSchedule, lastRun: number | null, now: number): number {
  const expression = asExpression(schedule);
  if (expression !== null) return nextCron(expression, lastRun ?? now);
  const { seconds = 0, minutes = 0, hours = 0 } = schedule as { seconds?: number; minutes?: number; hours?: number };
  const interval = seconds * 1000 + minutes * MINUTE + hours * HOUR;
  return lastRun === null ? now : lastRun + interval;
}
