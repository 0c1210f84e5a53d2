import fc from 'fast-check';
import { DateTime } from 'luxon';
import { expect, test } from 'vitest';
import { attendedNext, type BusinessHours, isAttended, openingWords, problemsOfHours } from './business-hours.ts';

const days = (from: string, to: string) => [1, 2, 3, 4, 5].map((day) => ({ day, from, to }));
const denver: BusinessHours = {
  timeZone: 'America/Denver',
  week: [...days('09:00', '12:30'), ...days('13:30', '17:00'), { day: 6, from: '20:00', to: '24:00' }],
  holidays: [
    { date: '2026-12-25', name: 'Christmas Day', spans: [] },
    { date: '2026-12-24', name: 'Christmas Eve', spans: [{ from: '09:00', to: '11:00' }] },
  ],
};
const at = (local: string, offset = '-07:00') => new Date(`${local}:00${offset}`);

test('a text at lunch, at night, at the weekend or on a holiday is one that nobody attends', () => {
  const open = ['2026-11-20T09:00', '2026-11-20T12:29', '2026-11-20T13:30', '2026-11-21T23:59', '2026-12-24T10:59'];
  const closed = [
    '2026-11-20T08:59',
    '2026-11-20T12:30',
    '2026-11-20T17:00',
    '2026-11-22T00:00',
    '2026-12-24T11:00',
    '2026-12-25T10:00',
  ];
  for (const time of open) expect([time, isAttended(denver, at(time))]).toEqual([time, true]);
  for (const time of closed) expect([time, isAttended(denver, at(time))]).toEqual([time, false]);
  expect(isAttended(null, new Date())).toBe(true);
});

test('the hours are those of the clock on the wall, also when it was changed in the night', () => {
  // 8 March 2026, two o’clock becomes three; 1 November, two becomes one again.
  const sundays = {
    ...denver,
    week: [
      { day: 7, from: '01:30', to: '02:30' },
      { day: 7, from: '09:00', to: '10:00' },
    ],
  };
  expect(isAttended(sundays, new Date('2026-03-08T15:30:00Z'))).toBe(true);
  expect(isAttended(sundays, new Date('2026-11-01T16:30:00Z'))).toBe(true);
  expect(isAttended(sundays, new Date('2026-11-01T15:30:00Z'))).toBe(false);
  for (const twice of ['2026-11-01T07:45:00Z', '2026-11-01T08:45:00Z']) {
    expect([twice, isAttended(sundays, new Date(twice))]).toEqual([twice, true]);
  }
});

test('what is said about the next opening is true', () => {
  expect(attendedNext(denver, at('2026-11-20T12:45'))).toEqual(at('2026-11-20T13:30'));
  expect(attendedNext(denver, at('2026-11-22T12:45'))).toEqual(at('2026-11-23T09:00'));
  expect(attendedNext(denver, at('2026-12-24T11:00'))).toEqual(at('2026-12-26T20:00'));
  expect(attendedNext({ ...denver, week: [], holidays: [] }, at('2026-12-24T11:00'))).toBeNull();

  const time = fc
    .integer({ min: 0, max: 24 * 4 })
    .map((n) => `${String(Math.floor(n / 4)).padStart(2, '0')}:${String((n % 4) * 15).padStart(2, '0')}`);
  const hours = fc
    .record({
      timeZone: fc.constantFrom('America/Denver', 'America/New_York', 'Europe/Berlin', 'Pacific/Apia', 'UTC'),
      week: fc.array(fc.record({ day: fc.integer({ min: 1, max: 7 }), from: time, to: time }), { maxLength: 8 }),
      holidays: fc.constant<BusinessHours['holidays']>([]),
    })
    .filter((some) => problemsOfHours(some).length === 0);
  const moment = fc.date({ min: new Date('2026-01-01'), max: new Date('2027-12-31'), noInvalidDate: true });
  fc.assert(
    fc.property(hours, moment, (some, now) => {
      const next = attendedNext(some, now);
      if (next === null) {
        expect(some.week).toEqual([]);
        return;
      }
      expect(next.getTime()).toBeGreaterThanOrEqual(now.getTime());
      const offset = (time: Date) => DateTime.fromJSDate(time, { zone: some.timeZone }).offset;
      // In a night in which the clocks change, a span may be skipped, or be entered in its middle.
      if (offset(now) !== offset(next)) return;
      expect(isAttended(some, next)).toBe(true);
      const between = new Date(now.getTime() + (next.getTime() - now.getTime()) / 2);
      if (next.getTime() - now.getTime() > 120_000) expect(isAttended(some, between)).toBe(false);
    }),
    { numRuns: 200 },
  );
});

test('when it opens is said as a person would say it', () => {
  expect(openingWords(denver, at('2026-11-20T12:45'))).toBe('today at 1:30 PM');
  expect(openingWords(denver, at('2026-11-22T12:45'))).toBe('tomorrow at 9:00 AM');
  expect(openingWords(denver, at('2026-11-20T17:45'))).toBe('tomorrow at 8:00 PM');
  expect(openingWords({ ...denver, week: days('09:00', '10:00') }, at('2026-11-20T12:45'))).toBe('Monday at 9:00 AM');
  expect(openingWords({ ...denver, week: [] }, at('2026-11-20T12:45'))).toBe('December 24 at 9:00 AM');
  expect(openingWords({ ...denver, week: [], holidays: [] }, at('2026-11-20T12:45'))).toBeNull();
});

test('hours that make no sense are refused beside the field they are about', () => {
  const wrong = (change: Partial<BusinessHours>) => problemsOfHours({ ...denver, ...change }).map(({ path }) => path);
  expect(problemsOfHours(denver)).toEqual([]);
  expect(wrong({ timeZone: 'Denver' })).toEqual(['timeZone']);
  expect(wrong({ week: [{ day: 8, from: '09:00', to: '10:00' }] })).toEqual(['week.0.day']);
  expect(wrong({ week: [{ day: 1, from: '9:00', to: '10:00' }] })).toEqual(['week.0.from']);
  expect(wrong({ week: [{ day: 1, from: '10:00', to: '10:00' }] })).toEqual(['week.0.to']);
  expect(wrong({ week: [...days('09:00', '12:00'), { day: 2, from: '11:00', to: '13:00' }] })).toEqual(['week']);
  expect(wrong({ holidays: [{ date: '2026-02-30', name: 'x', spans: [] }] })).toEqual(['holidays.0.date']);
  const twice = { date: '2026-12-25', name: 'x', spans: [{ from: '10:00', to: '09:00' }] };
  expect(wrong({ holidays: [twice, { ...twice, spans: [] }] })).toEqual(['holidays.0.spans.0.to', 'holidays.1.date']);
});
