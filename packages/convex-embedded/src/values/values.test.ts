import { compareValues, convexToJson, jsonToConvex, type Value } from 'convex/values';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { encodeId, newId, tableNumberOf } from './id.ts';
import { fromJson, toJson } from './json.ts';
import { compareByKey, encodeKey } from './key.ts';

const scalar: fc.Arbitrary<Value> = fc.oneof(
  fc.constant(null),
  fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
  fc.double({ noNaN: true }),
  fc.constantFrom(-0, 0, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 5e-324),
  fc.boolean(),
  fc.string({ unit: 'binary' }),
  fc.constantFrom('', '\0', 'a\0', 'a\0b', 'a', '\uffff', '\u{1f600}', 'é', '\ud7ff', '\ue000'),
  fc.uint8Array({ maxLength: 6 }).map((bytes) => bytes.slice().buffer as ArrayBuffer),
);
const field = fc.stringMatching(/^[a-z]{1,3}$/);
const value: fc.Arbitrary<Value> = fc.letrec<{ value: Value }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    scalar,
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(field, tie('value'), { maxKeys: 3, noNullPrototype: true }) as fc.Arbitrary<Value>,
  ),
})).value;

test('index keys sort exactly as Convex sorts the values', () => {
  fc.assert(
    fc.property(fc.option(value, { nil: undefined }), fc.option(value, { nil: undefined }), (a, b) => {
      const expected = Math.sign(compareValues(a, b));
      expect(Math.sign(compareByKey(a, b))).toBe(expected);
      const x = encodeKey(a);
      const y = encodeKey(b);
      expect(x < y ? -1 : x === y ? 0 : 1).toBe(expected);
    }),
    { numRuns: 3000 },
  );
});

test('no key is the beginning of another, so ranges of composite keys cannot overlap', () => {
  fc.assert(
    fc.property(value, value, (a, b) => {
      const x = encodeKey(a);
      const y = encodeKey(b);
      // A string with a zero inside continues with 0xff, which lies above the range of the shorter one.
      if (x !== y && y.startsWith(x)) expect(y[x.length]).toBe('\xff');
    }),
    { numRuns: 2000 },
  );
});

test('values survive the JSON form, and it is the one the clients use', () => {
  fc.assert(
    fc.property(value, (original) => {
      const json = toJson(original);
      expect(JSON.stringify(json)).toBe(JSON.stringify(convexToJson(original)));
      const back = fromJson(JSON.parse(JSON.stringify(json)));
      expect(compareValues(back, jsonToConvex(convexToJson(original)))).toBe(0);
    }),
    { numRuns: 1000 },
  );
});

test('an id names its table, and a mistyped one is no id', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 2 ** 31 - 1 }),
      fc.uint8Array({ minLength: 16, maxLength: 16 }),
      (table, random) => {
        const id = encodeId(table, random);
        expect(id.length).toBeGreaterThanOrEqual(31);
        expect(id.length).toBeLessThanOrEqual(37);
        expect(tableNumberOf(id)).toBe(table);
      },
    ),
  );
  const id = newId(10_001);
  for (let i = 0; i < id.length; i++) {
    const wrong = `${id.slice(0, i)}${id[i] === 'z' ? 'y' : 'z'}${id.slice(i + 1)}`;
    expect(tableNumberOf(wrong)).not.toBe(10_001);
  }
  expect(tableNumberOf('')).toBeNull();
  expect(tableNumberOf('hello')).toBeNull();
});
