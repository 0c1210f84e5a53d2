import fc from 'fast-check';
import { expect, test } from 'vitest';
import { formatNational, isE164, parsePhone, quickNanp } from './phone.ts';

test.each([
  ['+13035550142', 'US', '+13035550142'],
  ['(303) 555-0142', 'US', '+13035550142'],
  ['303.555.0142', 'US', '+13035550142'],
  [' 1 303 555 0142 ', 'US', '+13035550142'],
  ['+1\u00a0303\u00a0555\u00a00142', 'US', '+13035550142'],
  ['+１３０３５５５０１４２', 'US', '+13035550142'],
  ['020 7946 0018', 'GB', '+442079460018'],
  ['011 44 20 7946 0018', 'US', '+442079460018'],
  ['+33 6 12 34 56 78', 'US', '+33612345678'],
])('%j read in %s is %s', (input, region, e164) => {
  expect(parsePhone(input, region)).toMatchObject({ ok: true, e164 });
});

test('a number of a new overlay, which the metadata does not know yet, can be texted', () => {
  expect(parsePhone('+1 555 555 0123', 'US')).toEqual({
    ok: true,
    e164: '+15555550123',
    region: null,
    type: 'unknown',
  });
});

test.each([
  ['', 'empty'],
  ['   ', 'empty'],
  ['+', 'malformed'],
  ['hello', 'malformed'],
  ['call +1 303 555 0142', 'malformed'],
  ['+1 303 555 0142; drop table', 'malformed'],
  ['22395', 'too_short'],
  ['+1303555014', 'too_short'],
  ['+130355501422', 'too_long'],
  ['9'.repeat(100_000), 'too_long'],
  ['+9991234567', 'unknown_country'],
  ['+1 303 555 0142 ext 5', 'has_extension'],
  ['+1 900 555 1212', 'premium_rate'],
  ['+1 103 555 0142', 'not_in_use'],
  ['+44 7000 000000000', 'too_long'],
] as const)('%j is refused: %s', (input, reason) => {
  expect(parsePhone(input, 'US')).toEqual({ ok: false, reason });
});

test('whatever is typed, the answer is a reason or an E.164 number that reads as itself', () => {
  const typed = fc.oneof(
    fc.string({ unit: fc.constantFrom(...'+0123456789() -.x;#*') }),
    fc.string({ unit: 'binary' }),
    fc.stringMatching(/^\+1[2-9]\d{9}$/),
  );
  fc.assert(
    fc.property(typed, fc.constantFrom('US', 'GB', 'DE', 'XX'), (input, region) => {
      const result = parsePhone(input, region);
      if (!result.ok) return;
      expect(isE164(result.e164)).toBe(true);
      expect(parsePhone(result.e164, 'FR')).toEqual(result);
    }),
    { numRuns: 300 },
  );
});

test('readers see numbers of their own calling code in national form, others in international form', () => {
  expect(formatNational('+13035550142', 'US')).toBe('(303) 555-0142');
  expect(formatNational('+13035550142', 'CA')).toBe('(303) 555-0142');
  expect(formatNational('+13035550142', 'GB')).toBe('+1 303 555 0142');
  expect(formatNational('+442079460018', 'US')).toBe('+44 20 7946 0018');
  expect(formatNational('22395', 'US')).toBe('22395');
  expect(formatNational('+13035550142', 'nowhere')).toBe('+1 303 555 0142');
});

test.each(['13035550142', '+0303555014', '+', '+1303555014200000', '+1303 5550142', '+1303555a142', '+13035550142\n'])(
  '%j is not E.164',
  (text) => {
    expect(isE164(text)).toBe(false);
  },
);

test('the quick reading of North American numbers never says otherwise than the careful one', () => {
  const three = fc.integer({ min: 0, max: 999 }).map((n) => String(n).padStart(3, '0'));
  const four = fc.integer({ min: 0, max: 9999 }).map((n) => String(n).padStart(4, '0'));
  const gap = fc.constantFrom('', ' ', '-', '.');
  const written = fc
    .tuple(fc.constantFrom('', '1', '+1', '1-', '+1 '), fc.boolean(), three, gap, three, gap, four)
    .map(([code, brackets, area, a, exchange, b, line]) =>
      [code, brackets ? `(${area})` : area, a, exchange, b, line].join(''),
    );
  const cases = fc.oneof(
    written,
    written.map((text) => text.replace(/\d{3}/, '900')),
  );
  let quick = 0;
  fc.assert(
    fc.property(cases, (text) => {
      const fast = quickNanp(text);
      if (fast === null) return;
      quick++;
      const careful = parsePhone(text, 'US');
      expect([text, careful.ok && careful.e164]).toEqual([text, fast]);
    }),
    { numRuns: 3_000 },
  );
  expect(quick).toBeGreaterThan(500);
});
