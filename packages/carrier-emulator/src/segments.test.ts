import fc from 'fast-check';
import { expect, it } from 'vitest';
import { countSegments } from './segments.ts';

it.each([
  ['', 'GSM-7', 1],
  ['a'.repeat(160), 'GSM-7', 1],
  ['a'.repeat(161), 'GSM-7', 2],
  ['a'.repeat(306), 'GSM-7', 2],
  ['a'.repeat(307), 'GSM-7', 3],
  ['€'.repeat(80), 'GSM-7', 1],
  [`${'a'.repeat(159)}€`, 'GSM-7', 2],
  ['é è ù Ñ ß Ç Δ @', 'GSM-7', 1],
  ['ç', 'UCS-2', 1],
  ['`', 'UCS-2', 1],
  ['á', 'UCS-2', 1],
  ['“quoted”', 'UCS-2', 1],
  ['ж'.repeat(70), 'UCS-2', 1],
  ['ж'.repeat(71), 'UCS-2', 2],
  ['ж'.repeat(134), 'UCS-2', 2],
  ['ж'.repeat(135), 'UCS-2', 3],
  ['😀'.repeat(35), 'UCS-2', 1],
  ['😀'.repeat(36), 'UCS-2', 2],
] as const)('bills %j as the carrier does', (text, encoding, count) => {
  expect(countSegments(text)).toEqual({ encoding, count });
});

it('never splits an escape pair or a surrogate pair between parts', () => {
  // 152 septets and an escape pair do not fit one part of 153, so the pair moves to the next one.
  expect(countSegments(`${'a'.repeat(152)}€${'a'.repeat(151)}`).count).toBe(2);
  expect(countSegments(`${'a'.repeat(152)}€${'a'.repeat(152)}`).count).toBe(3);
  expect(countSegments(`${'ж'.repeat(66)}😀${'ж'.repeat(65)}`).count).toBe(2);
  expect(countSegments(`${'ж'.repeat(66)}😀${'ж'.repeat(66)}`).count).toBe(3);
});

it('never bills less for more text', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', maxLength: 400 }), fc.string({ maxLength: 20 }), (text, more) => {
      expect(countSegments(text + more).count).toBeGreaterThanOrEqual(countSegments(text).count);
    }),
  );
});
