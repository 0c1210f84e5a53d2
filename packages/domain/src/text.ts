/** What PostgreSQL's text type and JSON in UTF-8 cannot hold: the NUL byte, and surrogates without their other half. */
const NUL = '\u0000';
const REPLACEMENT = '\uFFFD';

/**
 * Makes any string storable: NUL and lone surrogates become U+FFFD, everything else stays as it was. For signed carrier
 * webhooks, which are never refused for what they contain.
 */
export function storableText(input: string): { text: string; altered: boolean } {
  const text = input.toWellFormed().replaceAll(NUL, REPLACEMENT);
  return { text, altered: text !== input };
}

/** Whether a text holds what cannot be stored. For our own API, which refuses such input instead of altering it. */
export function hasUnstorable(text: string): boolean {
  return text.includes(NUL) || !text.isWellFormed();
}

/**
 * The beginning of a text, at most `max` UTF-16 units long, cut between two characters as people see them: no emoji, flag
 * or accented letter is halved. A single character longer than `max` (a family emoji, stacked accents) is cut between its
 * code points instead.
 */
export function snippet(text: string, max = 160): string {
  if (text.length <= max) return text;
  let end = 0;
  // The window is longer than the cut, so that the segmenter sees the whole character that straddles it.
  const window = text.slice(0, max + LONGEST_GRAPHEME);
  for (const { index, segment } of GRAPHEMES.segment(window)) {
    if (index + segment.length > max) break;
    end = index + segment.length;
  }
  if (end > 0) return text.slice(0, end);
  return text.slice(0, splitsPair(text, max) ? max - 1 : max);
}

const GRAPHEMES = new Intl.Segmenter('en', { granularity: 'grapheme' });

/** Longer than any emoji sequence of Unicode 17; what is longer is stacked accents, where any cut will do. */
const LONGEST_GRAPHEME = 64;

function splitsPair(text: string, at: number): boolean {
  const before = text.charCodeAt(at - 1);
  const after = text.charCodeAt(at);
  return before >= 0xd800 && before <= 0xdbff && after >= 0xdc00 && after <= 0xdfff;
}
