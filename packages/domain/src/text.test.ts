import fc from 'fast-check';
import { expect, test } from 'vitest';
import { hasUnstorable, snippet, storableText } from './text.ts';

const anything = fc.string({
  unit: fc.oneof(fc.constantFrom('\0', '\ud800', '\udc00', '😀', 'é'), fc.string({ unit: 'binary', maxLength: 1 })),
});

test('a text with NUL bytes and lone surrogates is kept, with U+FFFD in their place', () => {
  expect(storableText('a\0b')).toEqual({ text: 'a\ufffdb', altered: true });
  expect(storableText('x\ud83dy')).toEqual({ text: 'x\ufffdy', altered: true });
  expect(storableText('fine 😀')).toEqual({ text: 'fine 😀', altered: false });
});

test('what was made storable is storable, of the same length, and altered only where it had to be', () => {
  fc.assert(
    fc.property(anything, (input) => {
      const { text, altered } = storableText(input);
      expect(hasUnstorable(text)).toBe(false);
      expect(text.length).toBe(input.length);
      expect(altered).toBe(hasUnstorable(input));
      expect(Buffer.from(text, 'utf8').toString('utf8')).toBe(text);
    }),
  );
});

test('a snippet never halves what people see as one character', () => {
  const family = '👩‍👩‍👧‍👦';
  expect(snippet(`${'a'.repeat(158)}${family}`)).toBe('a'.repeat(158));
  expect(snippet(`${'a'.repeat(159)}e\u0301`)).toBe('a'.repeat(159));
  expect(snippet('short')).toBe('short');
  expect(snippet('🇩🇪🇫🇷', 5)).toBe('🇩🇪');
  expect(snippet('😀', 1)).toBe('');
});

test('a snippet is a beginning of the text, within its length, and well-formed when the text is', () => {
  const characters = fc.constantFrom('a', '😀', 'e\u0301', '👩‍👩‍👧‍👦', '🇩🇪', 'क्षि', '\r\n', 'z̴̡̨͙͚͖̎');
  fc.assert(
    fc.property(fc.string({ unit: characters, maxLength: 80 }), fc.integer({ min: 0, max: 60 }), (text, max) => {
      const cut = snippet(text, max);
      expect(text.startsWith(cut)).toBe(true);
      expect(cut.length).toBeLessThanOrEqual(max);
      expect(cut.isWellFormed()).toBe(true);
    }),
  );
});
