import { describe, expect, it } from 'vitest';
import { clock, dayName, daysAgo, longDate, moment, shortTime } from './time.ts';

const now = new Date(2026, 4, 14, 9, 38).getTime();

describe('times in the inbox', () => {
  it('a text of this morning shows its clock, not a date', () => {
    expect(shortTime(new Date(2026, 4, 14, 8, 5).getTime(), now, 'en-US')).toBe(
      clock(new Date(2026, 4, 14, 8, 5).getTime(), 'en-US'),
    );
  });

  it('a text of last night is yesterday, though it is two hours old', () => {
    const lateAt = new Date(2026, 4, 13, 23, 50).getTime();
    expect(dayName(lateAt, new Date(2026, 4, 14, 1, 50).getTime(), 'en-GB')).toBe('Yesterday');
    expect(shortTime(lateAt, new Date(2026, 4, 14, 1, 50).getTime(), 'en-GB')).toBe('Wed');
  });

  it('a text of the same weekday a week ago is not taken for this week', () => {
    expect(shortTime(new Date(2026, 4, 7, 9, 38).getTime(), now, 'en-GB')).toBe('7 May');
  });

  it('a text of another year names the year', () => {
    expect(longDate(new Date(2024, 4, 6).getTime(), now, 'en-GB')).toBe('6 May 2024');
    expect(shortTime(new Date(2024, 4, 6).getTime(), now, 'en-GB')).toBe('6 May 2024');
  });

  it('counts calendar days over a change to summer time', () => {
    for (let day = 0; day < 400; day++) {
      const at = new Date(2026, 0, 1 + day, 0, 30).getTime();
      expect(daysAgo(at, new Date(2026, 0, 2 + day, 23, 30).getTime())).toBe(1);
    }
  });

  it('says a moment with its day', () => {
    expect(moment(new Date(2026, 4, 6, 16, 20).getTime(), now, 'en-GB')).toBe('6 May, 16:20');
    expect(moment(now, now, 'en-GB')).toBe('today, 9:38');
  });
});
