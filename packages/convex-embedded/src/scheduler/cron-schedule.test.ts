import { expect, test } from 'vitest';
import { nextCron, nextRun } from './cron-schedule.ts';

const at = (text: string) => Date.parse(`${text}Z`);

test.each([
  ['* * * * *', '2026-01-01T00:00:30', '2026-01-01T00:01:00'],
  ['*/15 * * * *', '2026-01-01T00:15:00', '2026-01-01T00:30:00'],
  ['0 16 * * *', '2026-01-01T17:00:00', '2026-01-02T16:00:00'],
  ['30 8 * * mon-fri', '2026-01-02T09:00:00', '2026-01-05T08:30:00'],
  ['0 0 29 2 *', '2026-03-01T00:00:00', '2028-02-29T00:00:00'],
  ['0 0 13 * 5', '2026-02-01T00:00:00', '2026-02-06T00:00:00'],
  ['5,10-12 1 1 jan *', '2026-01-01T01:05:00', '2026-01-01T01:10:00'],
  ['0 12 * * 7', '2026-01-01T00:00:00', '2026-01-04T12:00:00'],
])('"%s" after %s is due at %s', (expression, after, due) => {
  expect(new Date(nextCron(expression, at(after))).toISOString()).toBe(new Date(at(due)).toISOString());
});

test('a bad expression is refused', () => {
  expect(() => nextCron('* * * *', 0)).toThrow(/five fields/);
  expect(() => nextCron('61 * * * *', 0)).toThrow(/between 0 and 59/);
  expect(() => nextCron('0 0 30 2 *', 0)).toThrow(/never/);
});

test('an interval counts from the last run, over restarts, and starts at once if there was none', () => {
  const schedule = { type: 'interval' as const, minutes: 5 };
  expect(nextRun(schedule, null, 1000)).toBe(1000);
  expect(nextRun(schedule, 1000, 2000)).toBe(301_000);
  expect(
    nextRun({ type: 'weekly', dayOfWeek: 'monday', hourUTC: 3, minuteUTC: 4 }, null, at('2026-01-01T00:00:00')),
  ).toBe(at('2026-01-05T03:04:00'));
});
