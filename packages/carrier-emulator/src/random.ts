/**
 * Seeded decisions. Everything the emulator does "by chance" (fault verdicts, jitter of the delivery steps) is a
 * function of a seed, a label and a counter, so that a seed replays a run, whatever order the requests come in.
 */

/** A number in [0, 1) that depends only on its arguments. FNV-1a over the text, then two rounds of mixing. */
export function chance(seed: number, label: string, index: number): number {
  let h = 2166136261 ^ seed;
  for (let i = 0; i < label.length; i++) {
    h = Math.imul(h ^ label.charCodeAt(i), 16777619);
  }
  h = Math.imul(h ^ index, 0x9e3779b1);
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return ((h ^ (h >>> 16)) >>> 0) / 4294967296;
}
