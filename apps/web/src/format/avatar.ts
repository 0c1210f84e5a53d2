/** Up to two letters of a name; nothing for a name without letters (a bare number gets an icon instead). */
export function initials(name: string | null): string {
  const words = (name ?? '').split(/[\s-]+/u).filter((word) => /^\p{L}/u.test(word));
  const first = words[0];
  const last = words.length > 1 ? words[words.length - 1] : undefined;
  return [first, last].map((word) => (word ? ([...word][0] ?? '').toLocaleUpperCase() : '')).join('');
}

const PAIRS = 6;

/** One of the six quiet colour pairs, the same for a name on every device. */
export function colourPair(name: string): number {
  let hash = 0;
  for (const char of name) hash = (hash * 31 + (char.codePointAt(0) ?? 0)) >>> 0;
  return hash % PAIRS;
}
