import { COURTESIES, OPT_OUT_WORDS, type WordEntry } from './opt-out-word-list.ts';

export type WordClass = WordEntry['meaning'];

/**
 * Which opt-out word a whole message is, if it is one. Case, accents, width, punctuation, quotes, emoji and spaces do not
 * matter, nor does the word said several times, spelled with dots (S.T.O.P.), or followed by a phone's "Sent from my …".
 * A word inside a sentence is not a word: "STOP this terrible bill" is null here.
 */
export function classifyWord(body: string): WordClass | null {
  // Longer texts are sentences; leaving them early also bounds the work on what a stranger sends.
  if (body.length > LONGEST_BODY) return null;
  const text = normalise(body.replace(SIGNATURE, ''));
  if (text === '') return null;
  const exact = meaningOf(text);
  if (exact) return exact;
  return meaningOf(withoutCourtesies(text)) === 'stop' ? 'stop' : null;
}

const LONGEST_BODY = 200;
const SIGNATURE = /\n\s*sent from my [^\n]*$/i;

/** Letters and digits in upper case without accents, one space between words. */
function normalise(body: string): string {
  const letters = body
    .normalize('NFKC')
    .normalize('NFKD')
    .replace(/\p{M}|\p{Cf}/gu, '')
    .toUpperCase()
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim();
  return /^\p{L}( \p{L})+$/u.test(letters) ? letters.replaceAll(' ', '') : letters;
}

const MEANINGS = new Map(OPT_OUT_WORDS.map(({ word, meaning }) => [normalise(word), meaning]));
const POLITE = COURTESIES.map(normalise);

function meaningOf(text: string): WordClass | null {
  const once = MEANINGS.get(text);
  if (once) return once;
  const [first, ...rest] = text.split(' ');
  const repeated = rest.length > 0 && rest.every((word) => word === first);
  return (repeated && MEANINGS.get(first ?? '')) || null;
}

function withoutCourtesies(text: string): string {
  let left = text;
  for (;;) {
    const before = left;
    for (const courtesy of POLITE) {
      if (left.startsWith(`${courtesy} `)) left = left.slice(courtesy.length + 1);
      if (left.endsWith(` ${courtesy}`)) left = left.slice(0, -courtesy.length - 1);
    }
    if (left === before) return left;
  }
}
