import type { JSONValue } from 'convex/values';
import { fromJson } from './json.ts';

/**
 * The JSON form of a value as the documented HTTP API writes it (`"format": "json"`): int64 as decimal text, bytes as
 * base 64 text, infinities and NaN by name. Readable from any language, but different values can look the same.
 */
export function toPlainJson(json: JSONValue): JSONValue {
  if (json === null || typeof json !== 'object') return json;
  if (Array.isArray(json)) return json.map(toPlainJson);
  if (typeof json.$bytes === 'string') return json.$bytes;
  const value = fromJson(json);
  if (typeof value === 'bigint') return String(value);
  if (typeof value === 'number') return Number.isFinite(value) ? value : String(value);
  return Object.fromEntries(Object.entries(json).map(([name, item]) => [name, toPlainJson(item as JSONValue)]));
}

/** The same for the text of a value. */
export function toPlainText(json: string): string {
  return json.includes('"$') ? JSON.stringify(toPlainJson(JSON.parse(json) as JSONValue)) : json;
}
