/**
 * How a carrier cuts a text into SMS segments (3GPP TS 23.038 alphabet, TS 23.040 §9.2.3.24.1 concatenation).
 *
 *   GSM-7  160 septets alone, 153 in each part of a longer text; a character of the extension table takes two
 *   UCS-2   70 UTF-16 units alone, 67 in each part; a surrogate pair takes two
 *
 * Neither an ESC pair nor a surrogate pair is split over two parts, so a part may stay one unit short: 152 letters and a
 * euro sign fill one part and begin the next.
 */
export interface Segmentation {
  encoding: 'GSM-7' | 'UCS-2';
  /** What the carrier sends and bills; 0 for an empty text. */
  segments: number;
  /** Septets (GSM-7) or UTF-16 units (UCS-2) the text takes. */
  units: number;
  /** Units that fit in each segment at this length. */
  perSegment: number;
}

const BASIC =
  '@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !"#¤%&\'()*+,-./0123456789:;<=>?' +
  '¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà';
const EXTENSION = '\f^{}\\[~]|€';

const SEPTETS = new Map<string, number>([
  ...[...BASIC].map((c) => [c, 1] as const),
  ...[...EXTENSION].map((c) => [c, 2] as const),
]);

const GSM_ALONE = 160;
const GSM_PART = 153;
const UCS_ALONE = 70;
const UCS_PART = 67;

/** Encoding and segments of a text as it will be sent, without smart encoding (which differs between carriers). */
export function segmentsOf(text: string): Segmentation {
  const gsm = septetsOf(text);
  if (gsm) return pack('GSM-7', gsm, GSM_ALONE, GSM_PART);
  const units: number[] = [];
  for (const character of text) units.push(character.length);
  return pack('UCS-2', units, UCS_ALONE, UCS_PART);
}

/** Septets of each character, or null as soon as one is outside the GSM alphabet. */
function septetsOf(text: string): number[] | null {
  const septets: number[] = [];
  for (const character of text) {
    const count = SEPTETS.get(character);
    if (count === undefined) return null;
    septets.push(count);
  }
  return septets;
}

function pack(encoding: Segmentation['encoding'], sizes: number[], alone: number, part: number): Segmentation {
  const units = sizes.reduce((sum, size) => sum + size, 0);
  if (units <= alone) return { encoding, segments: units === 0 ? 0 : 1, units, perSegment: alone };
  let segments = 1;
  let filled = 0;
  for (const size of sizes) {
    if (filled + size > part) {
      segments += 1;
      filled = 0;
    }
    filled += size;
  }
  return { encoding, segments, units, perSegment: part };
}
