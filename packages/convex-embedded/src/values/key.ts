import type { Value } from 'convex/values';
import { COMMIT_TS, type ValueObject } from './json.ts';

/**
 * Index keys as strings of bytes (one UTF-16 unit below 256 per byte) whose plain string order
 * is Convex's order of values: undefined < null < int64 < float64 < boolean < string (by UTF-8)
 * < bytes < array < object. One comparison of flat strings replaces a walk over two values,
 * and every range of an index is a half-open interval of strings.
 *
 * A component is a type tag followed by its payload. Strings and bytes end in 0x00, with a
 * 0x00 inside written as 0x00 0xff; arrays and objects end in 0x00, which is below every tag.
 */
const UNDEFINED = '\x01';
const NULL = '\x02';
const INT64 = '\x03';
const FLOAT64 = '\x04';
const FALSE = '\x05\x00';
const TRUE = '\x05\x01';
const STRING = '\x06';
const BYTES = '\x07';
const ARRAY = '\x08';
const OBJECT = '\x09';
const END = '\x00';

/** Above every key that starts with the prefix it is appended to. */
export const AFTER_PREFIX = '\xff';
/** Appended to a key: the smallest string above that key. */
export const SUCCESSOR = '\x00';

const bits = new DataView(new ArrayBuffer(8));

function eightBytes(hi: number, lo: number): string {
  return String.fromCharCode(
    hi >>> 24,
    (hi >>> 16) & 255,
    (hi >>> 8) & 255,
    hi & 255,
    lo >>> 24,
    (lo >>> 16) & 255,
    (lo >>> 8) & 255,
    lo & 255,
  );
}

function encodeFloat(n: number): string {
  bits.setFloat64(0, n);
  const hi = bits.getUint32(0);
  const lo = bits.getUint32(4);
  // Negative numbers order backwards by their bits; flipping them all puts them below the rest.
  return hi >>> 31 ? eightBytes(~hi, ~lo) : eightBytes(hi ^ 0x80000000, lo);
}

function encodeInt(n: bigint): string {
  bits.setBigInt64(0, n);
  return eightBytes(bits.getUint32(0) ^ 0x80000000, bits.getUint32(4));
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: every byte but zero and those above ASCII stands for itself
const plainAscii = /^[\u0001-\u007f]*$/;

/** UTF-8 bytes of a string; unpaired surrogates as three bytes, so that they order by code point. */
function utf8(text: string): string {
  let out = '';
  for (let i = 0; i < text.length; i++) {
    const c = text.codePointAt(i) as number;
    if (c > 0xffff) {
      i++;
      out += String.fromCharCode(0xf0 | (c >> 18), 0x80 | ((c >> 12) & 63), 0x80 | ((c >> 6) & 63), 0x80 | (c & 63));
    } else if (c > 0x7ff) {
      out += String.fromCharCode(0xe0 | (c >> 12), 0x80 | ((c >> 6) & 63), 0x80 | (c & 63));
    } else if (c > 0x7f) {
      out += String.fromCharCode(0xc0 | (c >> 6), 0x80 | (c & 63));
    } else {
      out += c === 0 ? '\x00\xff' : String.fromCharCode(c);
    }
  }
  return out;
}

/** The key component of one value. */
export function encodeKey(value: Value | undefined): string {
  switch (typeof value) {
    case 'undefined':
      return UNDEFINED;
    case 'string':
      return STRING + (plainAscii.test(value) ? value : utf8(value)) + END;
    case 'number':
      return FLOAT64 + encodeFloat(value);
    case 'boolean':
      return value ? TRUE : FALSE;
    case 'bigint':
      return INT64 + encodeInt(value);
  }
  if (value === null) return NULL;
  // Later than every timestamp that is stored.
  if (value === COMMIT_TS) return `${INT64}${'\xff'.repeat(8)}`;
  if (value instanceof ArrayBuffer) {
    return BYTES + Buffer.from(value).toString('latin1').replaceAll('\x00', '\x00\xff') + END;
  }
  let out: string;
  if (Array.isArray(value)) {
    out = ARRAY;
    for (const item of value) out += encodeKey(item);
  } else {
    out = OBJECT;
    const object = value as ValueObject;
    for (const name of Object.keys(object).sort()) {
      if (object[name] !== undefined) out += encodeKey(name) + encodeKey(object[name]);
    }
  }
  return out + END;
}

/** Order of two values as the database sorts them: negative, zero or positive. */
export function compareByKey(a: Value | undefined, b: Value | undefined): number {
  if (typeof a === 'number' && typeof b === 'number' && a !== b && !Number.isNaN(a + b)) return a < b ? -1 : 1;
  if (typeof a === 'string' && a === b) return 0;
  const x = encodeKey(a);
  const y = encodeKey(b);
  return x < y ? -1 : x === y ? 0 : 1;
}

/** The value at a dotted path of a document, undefined if any step is missing. */
export function valueAt(document: ValueObject, path: string): Value | undefined {
  if (!path.includes('.')) return document[path];
  let at: Value | undefined = document as Value;
  for (const step of path.split('.')) {
    if (at === null || typeof at !== 'object' || Array.isArray(at) || at instanceof ArrayBuffer) return undefined;
    at = (at as ValueObject)[step];
  }
  return at;
}
