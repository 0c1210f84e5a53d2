import fc from 'fast-check';
import { expect, test } from 'vitest';
import { segmentsOf } from './segments.ts';

const a = (count: number) => 'a'.repeat(count);
const SMILE = '😀';

test.each<[string, string, 'GSM-7' | 'UCS-2', number, number]>([
  ['nothing', '', 'GSM-7', 0, 0],
  ['160 letters', a(160), 'GSM-7', 1, 160],
  ['161 letters', a(161), 'GSM-7', 2, 161],
  ['306 letters', a(306), 'GSM-7', 2, 306],
  ['307 letters', a(307), 'GSM-7', 3, 307],
  ['a euro sign takes two', `${a(158)}€`, 'GSM-7', 1, 160],
  ['a euro sign too many', `${a(159)}€`, 'GSM-7', 2, 161],
  ['a euro sign that would be split begins the next part', `${a(152)}€${a(152)}`, 'GSM-7', 3, 306],
  ['a line break of two characters', `${a(159)}\r\n`, 'GSM-7', 2, 161],
  ['form feed is of the extension', '\f', 'GSM-7', 1, 2],
  ['a backtick is not in the alphabet', '`', 'UCS-2', 1, 1],
  ['a curly quote flips the whole text', `${a(69)}’`, 'UCS-2', 1, 70],
  ['71 units', `${a(70)}’`, 'UCS-2', 2, 71],
  ['an emoji takes two units', `${a(68)}${SMILE}`, 'UCS-2', 1, 70],
  ['an emoji that would be split begins the next part', `${a(66)}${SMILE}${a(66)}`, 'UCS-2', 3, 134],
  ['accents of the alphabet', 'Ééèùìòàäöüñ', 'GSM-7', 1, 11],
  ['accents outside it', 'áíóúâêç', 'UCS-2', 1, 7],
])('%s', (_name, text, encoding, segments, units) => {
  expect(segmentsOf(text)).toMatchObject({ encoding, segments, units });
});

test('the alphabet is the 127 printable and control characters of TS 23.038 and its ten extensions', () => {
  let one = 0;
  let two = 0;
  for (let code = 0; code < 0x10000; code++) {
    const { encoding, units } = segmentsOf(String.fromCharCode(code));
    if (encoding === 'GSM-7') units === 1 ? one++ : two++;
  }
  // 128 places less the escape, which is no character of its own.
  expect([one, two]).toEqual([127, 10]);
});

test('parts hold what they must: never more than fits, never a part too many', () => {
  const character = fc.constantFrom('a', '€', '{', 'é', '\n', '’', SMILE);
  fc.assert(
    fc.property(fc.string({ unit: character, maxLength: 700 }), (text) => {
      const { encoding, segments, units, perSegment } = segmentsOf(text);
      expect(units).toBeLessThanOrEqual(segments * perSegment);
      if (segments > 1) {
        expect([153, 67]).toContain(perSegment);
        // Each part but the last is at most one unit short.
        expect(units).toBeGreaterThan((segments - 1) * (perSegment - 1));
      }
      if (encoding === 'UCS-2') expect(units).toBe(text.length);
    }),
  );
});
