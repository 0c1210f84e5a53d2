import { randomFillSync } from 'node:crypto';

/**
 * Document ids: Crockford base 32 (lower case) of a variable-length table number, sixteen random
 * bytes and a Fletcher-16 checksum, 31 to 37 characters. The table number makes `v.id("table")`
 * checkable without a look-up; the checksum rejects typing errors and foreign strings.
 */
const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz';
const DIGITS = new Int8Array(128).fill(-1);
for (let i = 0; i < ALPHABET.length; i++) DIGITS[ALPHABET.charCodeAt(i)] = i;

const RANDOM_BYTES = 16;

function checksum(bytes: Uint8Array, length: number): number {
  let low = 0;
  let high = 0;
  for (let i = 0; i < length; i++) {
    low = (low + (bytes[i] as number)) & 255;
    high = (high + low) & 255;
  }
  return (high << 8) | low;
}

function toBase32(bytes: Uint8Array): string {
  let out = '';
  let pending = 0;
  let bitCount = 0;
  for (const byte of bytes) {
    pending = (pending << 8) | byte;
    bitCount += 8;
    while (bitCount >= 5) {
      bitCount -= 5;
      out += ALPHABET[(pending >> bitCount) & 31];
    }
    pending &= (1 << bitCount) - 1;
  }
  return bitCount ? out + ALPHABET[(pending << (5 - bitCount)) & 31] : out;
}

/** The id of a document: `random` is its sixteen bytes. */
export function encodeId(tableNumber: number, random: Uint8Array): string {
  const head: number[] = [];
  for (let n = tableNumber; ; n >>>= 7) {
    if (n < 128) {
      head.push(n);
      break;
    }
    head.push((n & 127) | 128);
  }
  const length = head.length + RANDOM_BYTES;
  const bytes = new Uint8Array(length + 2);
  bytes.set(head);
  bytes.set(random, head.length);
  const sum = checksum(bytes, length);
  bytes[length] = sum & 255;
  bytes[length + 1] = sum >> 8;
  return toBase32(bytes);
}

const pool = new Uint8Array(RANDOM_BYTES * 64);
let used = pool.length;

/** A fresh random id in a table. */
export function newId(tableNumber: number): string {
  if (used === pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  const random = pool.subarray(used, used + RANDOM_BYTES);
  used += RANDOM_BYTES;
  return encodeId(tableNumber, random);
}

/** The table number of an id, or null if the text is not an id. */
export function tableNumberOf(id: string): number | null {
  if (id.length < 31 || id.length > 37) return null;
  const bytes = new Uint8Array(Math.floor((id.length * 5) / 8));
  let at = 0;
  let pending = 0;
  let bitCount = 0;
  for (let i = 0; i < id.length; i++) {
    const code = id.charCodeAt(i);
    const digit = code < 128 ? (DIGITS[code] as number) : -1;
    if (digit < 0) return null;
    pending = (pending << 5) | digit;
    bitCount += 5;
    if (bitCount >= 8) {
      bitCount -= 8;
      bytes[at++] = (pending >> bitCount) & 255;
      pending &= (1 << bitCount) - 1;
    }
  }
  if (pending !== 0) return null;
  let number = 0;
  let head = 0;
  for (; ; head++) {
    if (head > 4) return null;
    const byte = bytes[head] as number;
    number |= (byte & 127) << (7 * head);
    if (byte < 128) {
      head++;
      break;
    }
  }
  const length = head + RANDOM_BYTES;
  if (bytes.length !== length + 2 || number <= 0) return null;
  const sum = checksum(bytes, length);
  return bytes[length] === (sum & 255) && bytes[length + 1] === sum >> 8 ? number : null;
}
