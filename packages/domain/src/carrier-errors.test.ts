import fc from 'fast-check';
import { expect, test } from 'vitest';
import { telnyxError, twilioError } from './carrier-errors.ts';

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

test.each([
  ['10009', 'SENDER_CONFIG'],
  ['10011', 'TRANSIENT'],
  ['20100', 'SENDER_CONFIG'],
  ['40001', 'PERMANENT_RECIPIENT'],
  ['40002', 'CONTENT'],
  ['40003', 'CONTENT'],
  ['40005', 'TRANSIENT'],
  ['40008', 'SOFT_RECIPIENT'],
  ['40010', 'SENDER_CONFIG'],
  ['40012', 'PERMANENT_RECIPIENT'],
  ['40014', 'TRANSIENT'],
  ['40016', 'DAILY_CAP'],
  ['40018', 'TRANSIENT'],
  ['40300', 'OPT_OUT'],
  ['40305', 'SENDER_CONFIG'],
  ['40310', 'PERMANENT_RECIPIENT'],
  ['40318', 'TRANSIENT'],
  ['40322', 'CONTENT'],
  ['40329', 'SENDER_CONFIG'],
  ['40333', 'DAILY_CAP'],
])('Telnyx %s is %s', (code, expected) => {
  expect(telnyxError({ code })).toMatchObject({ code, class: expected });
});

test('an opt-out at Telnyx is known by its title as well as its code; other blocks with that code silence nobody', () => {
  expect(telnyxError({ code: '40300', title: 'Blocked due to STOP message' }).class).toBe('OPT_OUT');
  expect(telnyxError({ code: '40999', title: 'Recipient has opted out' }).class).toBe('OPT_OUT');
  expect(telnyxError({ code: '40300', title: 'Blocked by an internal rule' }).class).toBe('CONTENT');
  expect(telnyxError({ code: '40008', title: 'Undeliverable, stopped in transit' }).class).toBe('SOFT_RECIPIENT');
});

test('an agent reads words and never a bare code, whatever Telnyx reports', () => {
  expect(telnyxError({ code: '49999', title: 'A new thing' })).toEqual({
    code: '49999',
    class: 'UNKNOWN',
    words: 'The carrier reported error 49999 (A new thing).',
  });
  for (const none of [null, undefined, {}, { code: '', title: '' }]) {
    expect(telnyxError(none)).toMatchObject({ code: 'unknown', class: 'UNKNOWN' });
  }
  fc.assert(
    fc.property(fc.option(fc.string()), fc.option(fc.string()), (code, title) => {
      const error = telnyxError({ code, title });
      expect(error.words).toMatch(/^[A-Z].*[.]$/su);
      expect(error.code).not.toBe('');
    }),
  );
});
