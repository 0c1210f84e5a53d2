import type { JSONValue, Value } from 'convex/values';

/**
 * Conversion between Convex values and their JSON form (`$integer`, `$float`, `$bytes`).
 * The same mapping as `convexToJson`/`jsonToConvex` of the client library, without its
 * field-name checks: what arrives here was already checked by the library in the function
 * that produced it, and documents are decoded often.
 */

const scratch = new DataView(new ArrayBuffer(8));

/** An object of the JSON form; `$undefined` appears in patches, filters and index ranges only. */
export type JsonObject = { [key: string]: JSONValue };

/** A document or argument object. */
export type ValueObject = { [key: string]: Value | undefined };

/** Stands in documents for the timestamp of the commit that stores them, until there is one; `db.vars.commitTs`. */
export const COMMIT_TS: Value = Object.freeze({});

/** True for a plain object value (not an array, not bytes, not the placeholder). */
export function isObject(value: unknown): value is ValueObject {
  return (
    value !== null &&
    typeof value === 'object' &&
    !Array.isArray(value) &&
    !(value instanceof ArrayBuffer) &&
    value !== COMMIT_TS
  );
}

function decodeSpecial(key: string, encoded: JSONValue): { value: Value } | null {
  if (typeof encoded !== 'string') {
    return key === '$commitTs' && encoded === null ? { value: COMMIT_TS } : null;
  }
  if (key === '$bytes') {
    const bytes = Buffer.from(encoded, 'base64');
    const own = new ArrayBuffer(bytes.length);
    new Uint8Array(own).set(bytes);
    return { value: own };
  }
  if (key === '$integer' || key === '$float') {
    const bytes = Buffer.from(encoded, 'base64');
    if (bytes.length !== 8) throw new Error(`Received ${bytes.length} bytes, expected 8 for ${key}`);
    return { value: key === '$integer' ? bytes.readBigInt64LE(0) : bytes.readDoubleLE(0) };
  }
  return null;
}

/**
 * Decodes the JSON form of a value. What holds no special object is its own decoded form and is
 * returned as it is, not copied: treat both as immutable. Throws an `Error` on a malformed special
 * object.
 */
export function fromJson(json: JSONValue): Value {
  if (json === null || typeof json !== 'object') return json;
  return Array.isArray(json) ? fromArray(json) : fromObject(json);
}

function fromArray(json: JSONValue[]): Value[] {
  let out: Value[] | null = null;
  for (let i = 0; i < json.length; i++) {
    const item = json[i] as JSONValue;
    const value = fromJson(item);
    if (value !== item) {
      out ??= (json as Value[]).slice();
      out[i] = value;
    }
  }
  return out ?? (json as Value[]);
}

function fromObject(json: JsonObject): Value {
  let out: { [key: string]: Value } | null = null;
  let count = 0;
  for (const key in json) {
    const item = json[key] as JSONValue;
    if (count++ === 0 && key.charCodeAt(0) === 36) {
      const special = decodeSpecial(key, item);
      if (special) return special.value;
    }
    const value = fromJson(item);
    if (value !== item) {
      out ??= { ...(json as { [key: string]: Value }) };
      out[key] = value;
    }
  }
  return out ?? (json as Value);
}

/** Like `fromJson`, where `{"$undefined": null}` stands for a missing field. */
export function fromJsonOrUndefined(json: JSONValue): Value | undefined {
  if (json !== null && typeof json === 'object' && !Array.isArray(json) && '$undefined' in json) return undefined;
  return fromJson(json);
}

function isSpecial(n: number): boolean {
  return !Number.isFinite(n) || Object.is(n, -0);
}

/** Encodes a value into its JSON form, object fields sorted by name; undefined fields are left out. */
export function toJson(value: Value): JSONValue {
  if (typeof value === 'number') {
    if (!isSpecial(value)) return value;
    scratch.setFloat64(0, value, true);
    return { $float: Buffer.from(scratch.buffer).toString('base64') };
  }
  if (typeof value === 'bigint') {
    scratch.setBigInt64(0, value, true);
    return { $integer: Buffer.from(scratch.buffer).toString('base64') };
  }
  if (value === null || typeof value !== 'object') return value;
  if (value === COMMIT_TS) return { $commitTs: null };
  if (value instanceof ArrayBuffer) return { $bytes: Buffer.from(value).toString('base64') };
  if (Array.isArray(value)) return value.map(toJson);
  const out: JsonObject = {};
  const object = value as ValueObject;
  for (const key of Object.keys(object).sort()) {
    const item = object[key];
    if (item === undefined) continue;
    if (key === '__proto__') {
      Object.defineProperty(out, key, { value: toJson(item), enumerable: true, configurable: true, writable: true });
    } else {
      out[key] = toJson(item);
    }
  }
  return out;
}

/** True if a JSON text holds the placeholder of the commit's timestamp. */
export function holdsCommitTs(text: string): boolean {
  return text.includes('"$commitTs":null');
}

/** A JSON form in which the placeholder has become the timestamp (nanoseconds). */
export function resolveCommitTs(json: JSONValue, ts: bigint): JSONValue {
  if (json === null || typeof json !== 'object') return json;
  if (Array.isArray(json)) return json.map((item) => resolveCommitTs(item, ts));
  if ('$commitTs' in json) return toJson(ts);
  return Object.fromEntries(Object.entries(json).map(([key, item]) => [key, resolveCommitTs(item as JSONValue, ts)]));
}
