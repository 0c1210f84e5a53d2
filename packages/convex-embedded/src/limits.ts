import type { Value } from 'convex/values';
import { isObject, type ValueObject } from './values/json.ts';

/** Limits of a deployment, as documented for Convex; bytes are counted on the JSON form. */
export const MAX_ARGS_BYTES = 16 << 20;
export const MAX_RESULT_BYTES = 16 << 20;
export const MAX_READ_BYTES = 16 << 20;
export const MAX_READ_DOCUMENTS = 32_000;
/** Calls of `db.get` and `db.query`. */
export const MAX_DATABASE_QUERIES = 4096;
export const MAX_WRITE_BYTES = 16 << 20;
export const MAX_WRITE_DOCUMENTS = 16_000;
export const MAX_DOCUMENT_BYTES = 1 << 20;
export const MAX_DOCUMENT_NESTING = 16;
export const MAX_ARRAY_LENGTH = 8192;
export const MAX_OBJECT_FIELDS = 1024;
/** Queries and mutations that call each other inside one transaction; deeper, it is taken for a recursion without an end. */
export const MAX_NESTED_CALLS = 64;
export const MAX_SCHEDULED_PER_MUTATION = 1000;
export const MAX_SCHEDULED_ARGS_BYTES = 8 << 20;

/** Limits of one connection. */
export const MAX_QUERIES_PER_CONNECTION = 2000;
export const MAX_QUEUED_MUTATIONS = 1000;
export const MAX_RUNNING_ACTIONS = 1000;

function shapeError(value: Value | undefined, depth: number, deepest: number): string | null {
  if (value === null || typeof value !== 'object' || value instanceof ArrayBuffer) return null;
  if (depth > deepest) return `is nested more than ${deepest} levels deep`;
  if (Array.isArray(value)) {
    if (value.length > MAX_ARRAY_LENGTH) {
      return `has an array of ${value.length} elements (the most is ${MAX_ARRAY_LENGTH})`;
    }
    for (const item of value) {
      const error = shapeError(item, depth + 1, deepest);
      if (error) return error;
    }
    return null;
  }
  if (!isObject(value)) return null;
  const object = value as ValueObject;
  const names = Object.keys(object);
  if (names.length > MAX_OBJECT_FIELDS) {
    return `has an object of ${names.length} fields (the most is ${MAX_OBJECT_FIELDS})`;
  }
  for (const name of names) {
    const error = shapeError(object[name], depth + 1, deepest);
    if (error) return error;
  }
  return null;
}

/** What is wrong with the size or shape of a document, or null. */
export function documentLimitError(document: ValueObject, jsonLength: number): string | null {
  if (jsonLength > MAX_DOCUMENT_BYTES) {
    return `is too large (${jsonLength} bytes; the most is ${MAX_DOCUMENT_BYTES})`;
  }
  return shapeError(document as Value, 1, MAX_DOCUMENT_NESTING);
}

/** Does the text have that many commas? Looks no further than needed. */
function hasCommas(text: string, count: number): boolean {
  for (let at = text.indexOf(','); at >= 0; at = text.indexOf(',', at + 1)) if (--count === 0) return true;
  return false;
}

/**
 * What is wrong with the shape of arguments or of a result, or null: a value of any kind has arrays of 8192 and objects of
 * 1024 entries at most. Takes the text of the JSON form, most of which has too few commas to be looked at any closer.
 */
export function valueLimitError(json: string): string | null {
  if (!hasCommas(json, MAX_OBJECT_FIELDS)) return null;
  return shapeError(JSON.parse(json) as Value, 1, Number.POSITIVE_INFINITY);
}
