import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { OPT_OUT_WORDS } from './opt-out-word-list.ts';
import { CASES } from './opt-out-words.cases.ts';
import { classifyWord } from './opt-out-words.ts';

for (const [expected, messages] of Object.entries(CASES)) {
  describe(`a message that is ${expected}`, () => {
    test.each(messages.map((message) => [message.slice(0, 60), message]))('%j', (_shown, message) => {
      expect(classifyWord(message)).toBe(expected === 'none' ? null : expected);
    });
  });
}

test('every word counts in any case, with any punctuation, emoji and spaces around it', () => {
  const noise = fc.string({
    unit: fc.constantFrom(
      ' ',
      '.',
      '!',
      '?',
      '"',
      '“',
      '”',
      "'",
      '\n',
      '\t',
      '🙏',
      '❤️',
      '👩‍👩‍👧',
      '*',
      '-',
      '\u00a0',
      '\u200b',
    ),
    maxLength: 8,
  });
  fc.assert(
    fc.property(
      fc.constantFrom(...OPT_OUT_WORDS),
      noise,
      noise,
      fc.boolean(),
      ({ word, meaning }, before, after, lower) => {
        expect(classifyWord(`${before}${lower ? word.toLowerCase() : word}${after}`)).toBe(meaning);
      },
    ),
  );
});

test('a word with another word beside it is a sentence', () => {
  const other = fc.constantFrom('bill', 'tomorrow', 'the', 'my', 'order', 'it', 'dog');
  fc.assert(
    fc.property(fc.constantFrom(...OPT_OUT_WORDS), other, fc.boolean(), ({ word }, beside, first) => {
      expect(classifyWord(first ? `${beside} ${word}` : `${word} ${beside}`)).toBeNull();
    }),
  );
});

test('nothing a stranger can send makes it throw', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (body) => {
      expect([null, 'stop', 'start', 'help']).toContain(classifyWord(body));
    }),
  );
  expect(classifyWord('stop\ud800\u0000')).toBe('stop');
});

test('no word stands in the list twice with two meanings', () => {
  const meanings = new Map<string, string>();
  for (const { word, meaning } of OPT_OUT_WORDS) {
    expect(meanings.get(word) ?? meaning).toBe(meaning);
    meanings.set(word, meaning);
  }
});
