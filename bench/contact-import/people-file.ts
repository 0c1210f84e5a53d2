import { createWriteStream } from 'node:fs';
import { chmod, mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

/** A file of people as a sales team exports it, and what an import of it must come to. */
export interface PeopleFile {
  place: string;
  expected: { rows: number; created: number; updated: number; failed: number; notes: number };
}

export const HEADER = ['Full Name', 'Company', 'Type', 'Mobile', 'E-mail', 'Tags', 'Notes'];

/** The n-th row's number in E.164: each row has one of its own, so that what is missing or doubled can be named. */
const FIRST_NUMBER = 7_202_000_000;

const LINES_AT_ONCE = 2_000;

/**
 * Writes as many rows as told: each tenth has a note, each thousandth a number that is none, and each thousandth the number
 * of a row 500 before it.
 */
export async function writePeopleFile(rows: number): Promise<PeopleFile> {
  const folder = await mkdtemp(path.join(tmpdir(), 'patchline-people-'));
  // PostgreSQL, which may run as somebody else, reads it as well.
  await chmod(folder, 0o755);
  const place = path.join(folder, 'people.csv');
  await pipeline(Readable.from(blocks(rows)), createWriteStream(place, { mode: 0o644 }));
  const count = (matches: (n: number) => boolean) => {
    let found = 0;
    for (let n = 0; n < rows; n++) if (matches(n)) found++;
    return found;
  };
  const [failed, updated, notes] = [count(isBroken), count(repeats), count(hasNote)];
  return { place, expected: { rows, created: rows - failed - updated, updated, failed, notes } };
}

/** SQL: the E.164 numbers that an import of so many rows must have made, each once. */
export function expectedNumbers(rows: number): string {
  return `select '+1' || (${FIRST_NUMBER} + n) as address from generate_series(0, ${rows - 1}) n
          where n % 1000 not in (13, 500)`;
}

const isBroken = (n: number) => n % 1_000 === 13;
const repeats = (n: number) => n % 1_000 === 500;
const hasNote = (n: number) => n % 10 === 0;

function* blocks(rows: number): Generator<string> {
  yield `${HEADER.join(',')}\r\n`;
  for (let from = 0; from < rows; from += LINES_AT_ONCE) {
    let block = '';
    for (let n = from; n < Math.min(rows, from + LINES_AT_ONCE); n++) block += line(n);
    yield block;
  }
}

function line(n: number): string {
  const first = pick(FIRST_NAMES, n * 7);
  const last = `${pick(BEGINNINGS, n * 13)}${pick(ENDINGS, Math.floor(n / 17))}`;
  const company = n % 5 < 3 ? `"${pick(BEGINNINGS, n * 3)}${pick(ENDINGS, n)} ${pick(TRADES, n)}, Inc"` : '';
  const email = n % 2 === 0 ? `${first}.${last}.${n}@mail.example`.toLowerCase() : '';
  const tags = n % 5 === 0 ? `"${pick(TAGS, n)}, ${pick(TAGS, n + 1)}"` : '';
  const note = hasNote(n) ? `"Row ${n}: called, ""ring the back door"""` : '';
  return `${first} ${last},${company},${n % 4 === 0 ? 'customer' : 'lead'},${numberOf(n)},${email},${tags},${note}\r\n`;
}

function numberOf(n: number): string {
  if (isBroken(n)) return '12';
  const digits = String(FIRST_NUMBER + (repeats(n) ? n - 500 : n));
  return n % 3 === 0 ? `+1${digits}` : `(${digits.slice(0, 3)}) ${digits.slice(3, 6)}-${digits.slice(6)}`;
}

function pick(words: readonly string[], n: number): string {
  return words[n % words.length] ?? '';
}

const FIRST_NAMES =
  'Ada Ben Cara Dana Eli Fay Gus Hana Ivo June Kai Lena Milo Nora Otis Pia Quinn Rosa Sam Tess Uma Vera Wes Xena Yuri Zoe'.split(
    ' ',
  );
const BEGINNINGS =
  'Ash Birch Cold Dun East Fair Gold Hart Ing Jar Kest Lang Marl North Oak Pen Quill Rock Stan Thorn Ux Vale West Yar'.split(
    ' ',
  );
const ENDINGS =
  'bury by combe dale den field ford gate ham hill hurst land ley mere mouth port ridge shaw stead ton well wick wood worth'.split(
    ' ',
  );
const TRADES = 'Heating Plumbing Roofing Dental Legal Motors Bakery Print Travel Garden'.split(' ');
const TAGS = 'north south vip newsletter fair 2025 referral trial'.split(' ');
