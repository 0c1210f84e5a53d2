import type { Readable } from 'node:stream';
import { type Options, type Parser, parse } from 'csv-parse';
import { parse as parseSync } from 'csv-parse/sync';
import { ApiError } from '../platform/http/api-error.ts';

/** Rows shown of a file before it is imported. */
const PREVIEW_ROWS = 8;

const DELIMITERS = [',', ';', '\t', '|'] as const;

/** One row of a file is never longer: a quotation mark that is not closed would swallow the rest of it. */
const LONGEST_ROW = 1_000_000;

const MOST_COLUMNS = 200;

export interface CsvShape {
  delimiter: string;
  header: string[];
  preview: string[][];
}

const options = (delimiter: string): Options => ({
  delimiter,
  bom: true,
  relax_column_count: true,
  relax_quotes: true,
  skip_empty_lines: true,
  max_record_size: LONGEST_ROW,
});

/** How a file is written, by its beginning. @throws ApiError invalid_input when it holds no table */
export function shapeOf(sample: string): CsvShape {
  const [best] = DELIMITERS.map((delimiter) => ({ delimiter, rows: rowsOf(sample, delimiter) })).toSorted(
    (a, b) => regularity(b.rows) - regularity(a.rows),
  );
  const [header, ...preview] = best?.rows ?? [];
  if (best === undefined || header === undefined) {
    throw new ApiError('invalid_input', { message: 'The file holds no table.' });
  }
  if (header.length > MOST_COLUMNS) {
    throw new ApiError('invalid_input', { message: `The table has more than ${MOST_COLUMNS} columns.` });
  }
  if (preview.length === 0) {
    throw new ApiError('invalid_input', { message: 'The file holds one row only. The first row names the columns.' });
  }
  return {
    delimiter: best.delimiter,
    header: header.map((name, i) => name.trim().slice(0, 200) || `Column ${i + 1}`),
    preview: preview.map((row) => header.map((_, i) => (row[i] ?? '').slice(0, 200))),
  };
}

function rowsOf(sample: string, delimiter: string): string[][] {
  const rows: string[][] = [];
  const gather = (row: string[]) => rows.push(row) && row;
  try {
    parseSync(sample, { ...options(delimiter), to: PREVIEW_ROWS + 1, on_record: gather as never });
  } catch {
    // A sample may break off within quotation marks: what came before is enough.
    return rows;
  }
  return rows;
}

/** Many columns, and as many in each row as in the first. */
function regularity(rows: readonly string[][]): number {
  const columns = rows[0]?.length ?? 0;
  const alike = rows.filter((row) => row.length === columns).length;
  return columns <= 1 ? columns : columns * (alike / rows.length) ** 2 + 1;
}

/** Reads a file's rows, the header first. A row that cannot be read ends the stream with an error that says which. */
export function readRows(file: Readable, delimiter: string): Parser {
  const parser = parse(options(delimiter));
  file.on('error', (error) => parser.destroy(error));
  return file.pipe(parser);
}

/** A row as it is written: quoted where it must be, and never taken for a formula by a spreadsheet program. */
export function writeRow(cells: readonly string[]): string {
  return `${cells.map(writeCell).join(',')}\r\n`;
}

function writeCell(cell: string): string {
  // A phone number in E.164 begins with a plus and is no formula.
  const safe = /^[=+\-@\t\r]/.test(cell) && !/^\+\d+$/.test(cell) ? `'${cell}` : cell;
  return /[",\r\n]|^\s|\s$/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** What writeRow has made safe, as it was. */
export function readCell(cell: string): string {
  return /^'[=+\-@\t\r]/.test(cell) ? cell.slice(1) : cell;
}
