import { expect, test } from 'vitest';
import { twilioError } from './carrier-errors.ts';

test.each([
  [21610, 'OPT_OUT'],
  ['21610', 'OPT_OUT'],
  [21211, 'PERMANENT_RECIPIENT'],
  [21614, 'PERMANENT_RECIPIENT'],
  [30005, 'PERMANENT_RECIPIENT'],
  [30006, 'PERMANENT_RECIPIENT'],
  [20429, 'TRANSIENT'],
  [30001, 'TRANSIENT'],
  [30008, 'TRANSIENT'],
  [30022, 'TRANSIENT'],
  [30410, 'TRANSIENT'],
  [30023, 'DAILY_CAP'],
  [30027, 'DAILY_CAP'],
  [63038, 'DAILY_CAP'],
  [30004, 'CONTENT'],
  [30007, 'CONTENT'],
  [21408, 'SENDER_CONFIG'],
  [21606, 'SENDER_CONFIG'],
  [30032, 'SENDER_CONFIG'],
  [30034, 'SENDER_CONFIG'],
  [30035, 'SENDER_CONFIG'],
  [30003, 'SOFT_RECIPIENT'],
])('%s is %s', (code, expected) => {
  expect(twilioError(code)).toMatchObject({ code: String(code), class: expected });
});

test('a code nobody has heard of keeps its number, and none at all is said so', () => {
  expect(twilioError(99999)).toEqual({ code: '99999', class: 'UNKNOWN', words: 'The carrier reported error 99999.' });
  for (const none of [null, undefined, ''])
    expect(twilioError(none)).toMatchObject({ code: 'unknown', class: 'UNKNOWN' });
  expect(twilioError('constructor').class).toBe('UNKNOWN');
});
