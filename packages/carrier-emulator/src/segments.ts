/**
 * How many SMS segments a text takes, counted as carriers bill it (3GPP TS 23.038 alphabets, 23.040 concatenation):
 * GSM-7 has 160 septets, or 153 a part; one character outside it turns the whole text to UCS-2 with 70 UTF-16 units,
 * or 67 a part. An escape pair and a surrogate pair are never split between parts.
 */
const GSM_BASIC = new Set(
  '@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !"#¤%&\'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà',
);
const GSM_EXTENDED = new Set('\f^{}\\[~]|€');

export interface Segments {
  encoding: 'GSM-7' | 'UCS-2';
  count: number;
}

export function countSegments(text: string): Segments {
  const sizes: number[] = [];
  let total = 0;
  let gsm = true;
  for (const character of text) {
    const size = GSM_BASIC.has(character) ? 1 : GSM_EXTENDED.has(character) ? 2 : 0;
    if (size === 0) {
      gsm = false;
      break;
    }
    sizes.push(size);
    total += size;
  }
  if (gsm) return { encoding: 'GSM-7', count: total <= 160 ? 1 : countParts(sizes, 153) };
  if (text.length <= 70) return { encoding: 'UCS-2', count: 1 };
  const units = Array.from(text, (character) => character.length);
  return { encoding: 'UCS-2', count: countParts(units, 67) };
}

function countParts(sizes: number[], room: number): number {
  let parts = 1;
  let used = 0;
  for (const size of sizes) {
    if (used + size > room) {
      parts++;
      used = 0;
    }
    used += size;
  }
  return parts;
}
