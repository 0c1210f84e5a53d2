import { TelnyxError } from './errors.ts';

const DEFAULT_SIZE = 20;
const LARGEST_SIZE = 250;

/** Query parameters as Telnyx names them: "page[size]", "filter[phone_number]". */
export type Query = Record<string, string | string[] | undefined>;

export function filterOf(query: unknown, name: string): string | undefined {
  const value = (query as Query)[`filter[${name}]`];
  return Array.isArray(value) ? value.at(-1) : value;
}

/** A page of a list in Telnyx's envelope. */
export function pageOf<T, J>(all: T[], query: unknown, toJson: (item: T) => J) {
  const size = Math.min(whole(query as Query, 'size') ?? DEFAULT_SIZE, LARGEST_SIZE);
  const number = whole(query as Query, 'number') ?? 1;
  return {
    data: all.slice((number - 1) * size, number * size).map(toJson),
    meta: {
      total_pages: Math.ceil(all.length / size),
      total_results: all.length,
      page_number: number,
      page_size: size,
    },
  };
}

function whole(query: Query, name: 'size' | 'number'): number | undefined {
  const text = query[`page[${name}]`];
  if (text === undefined) return undefined;
  if (typeof text !== 'string' || !/^[1-9]\d{0,6}$/.test(text)) {
    throw new TelnyxError(10015, `page[${name}] must be a positive whole number`);
  }
  return Number(text);
}
