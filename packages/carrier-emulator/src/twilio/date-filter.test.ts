import { expect, it } from 'vitest';
import { dateFilter } from './date-filter.ts';
import { Form } from './form.ts';

const at = Date.parse('2026-11-20T12:00:00Z');

it('a watermark to the second finds what was sent within that second', () => {
  expect(dateFilter(new Form({ 'DateSent>': '2026-11-20T12:00:00Z' }))).toEqual({ sentFrom: at, sentTo: undefined });
  expect(dateFilter(new Form({ 'DateSent<': '2026-11-20T12:00:00.250Z' }))).toEqual({
    sentFrom: undefined,
    sentTo: at + 999,
  });
});

it('a date is the whole day in GMT, and bounds narrow each other', () => {
  const day = { sentFrom: Date.parse('2026-11-20T00:00:00Z'), sentTo: Date.parse('2026-11-20T23:59:59.999Z') };
  expect(dateFilter(new Form({ DateSent: '2026-11-20' }))).toEqual(day);
  expect(dateFilter(new Form({ 'DateSent>': '2026-11-20', 'DateSent<': '2026-11-20' }))).toEqual(day);
  expect(dateFilter(new Form({ DateSent: '2026-11-20', 'DateSent>': '2026-11-20T12:00:00Z' }))).toEqual({
    ...day,
    sentFrom: at,
  });
});

it('no date is no bound, and nonsense is refused', () => {
  expect(dateFilter(new Form({}))).toEqual({ sentFrom: undefined, sentTo: undefined });
  expect(() => dateFilter(new Form({ 'DateSent>': 'yesterday' }))).toThrow('DateSent> is not a date');
});
