import type { JSONValue, Value } from 'convex/values';
import { tableNumberOf } from './id.ts';
import { COMMIT_TS, fromJson, isObject, toJson, type ValueObject } from './json.ts';
import { compareByKey } from './key.ts';

/** The JSON form of a `v.*` validator, as functions and schemas export it. */
export type ValidatorJson =
  | { type: 'any' | 'null' | 'number' | 'bigint' | 'boolean' | 'string' | 'bytes' | 'commitTs' }
  | { type: 'id'; tableName: string }
  | { type: 'literal'; value: JSONValue }
  | { type: 'array'; value: ValidatorJson }
  | { type: 'union'; value: ValidatorJson[] }
  | { type: 'record'; keys: ValidatorJson; values: { fieldType: ValidatorJson } }
  | { type: 'object'; value: { [field: string]: { fieldType: ValidatorJson; optional: boolean } } };

/** Returns what is wrong with the value (a sentence for the developer), or null. */
export type Check = (value: Value | undefined, path: string) => string | null;

/** The number of a table by its name, for `v.id`; undefined for a table that does not exist. */
export type TableNumber = (name: string) => number | undefined;

const PRIMITIVES: Record<string, (value: unknown) => boolean> = {
  null: (value) => value === null,
  number: (value) => typeof value === 'number',
  bigint: (value) => typeof value === 'bigint',
  commitTs: (value) => typeof value === 'bigint' || value === COMMIT_TS,
  boolean: (value) => typeof value === 'boolean',
  string: (value) => typeof value === 'string',
  bytes: (value) => value instanceof ArrayBuffer,
};

/** How a validator is written in code, for messages. */
function describe(json: ValidatorJson): string {
  switch (json.type) {
    case 'id':
      return `v.id("${json.tableName}")`;
    case 'literal':
      return `v.literal(${JSON.stringify(json.value)})`;
    case 'array':
      return `v.array(${describe(json.value)})`;
    case 'union':
      return `v.union(${json.value.map(describe).join(', ')})`;
    case 'record':
      return `v.record(${describe(json.keys)}, ${describe(json.values.fieldType)})`;
    case 'object':
      return `v.object({${Object.entries(json.value)
        .map(([k, f]) => `${k}: ${f.optional ? `v.optional(${describe(f.fieldType)})` : describe(f.fieldType)}`)
        .join(', ')}})`;
    case 'number':
      return 'v.float64()';
    case 'bigint':
      return 'v.int64()';
    default:
      return `v.${json.type}()`;
  }
}

function show(value: Value | undefined): string {
  const text = value === undefined ? 'undefined' : JSON.stringify(toJson(value));
  return text.length > 1000 ? `${text.slice(0, 1000)}…` : text;
}

/**
 * Turns a validator into a function, once per function or table, because it runs on every call
 * and every write. A document is checked without its system fields.
 */
export function compileValidator(json: ValidatorJson, tableNumber: TableNumber): Check {
  const mismatch = (value: Value | undefined, path: string) =>
    `Value does not match validator.\nPath: ${path || '.'}\nValue: ${show(value)}\nValidator: ${describe(json)}`;
  switch (json.type) {
    case 'any':
      return () => null;
    case 'id':
      return (value, path) => {
        const number = typeof value === 'string' ? tableNumberOf(value) : null;
        return number !== null && number === tableNumber(json.tableName) ? null : mismatch(value, path);
      };
    case 'literal': {
      const literal = fromJson(json.value);
      return (value, path) => (value === literal || compareByKey(value, literal) === 0 ? null : mismatch(value, path));
    }
    case 'union': {
      const members = json.value.map((member) => compileValidator(member, tableNumber));
      return (value, path) => (members.some((m) => m(value, path) === null) ? null : mismatch(value, path));
    }
    case 'array': {
      const element = compileValidator(json.value, tableNumber);
      return (value, path) => {
        if (!Array.isArray(value)) return mismatch(value, path);
        for (let i = 0; i < value.length; i++) {
          const error = element(value[i], `${path}[${i}]`);
          if (error) return error;
        }
        return null;
      };
    }
    case 'record':
      return compileRecord(json, tableNumber, mismatch);
    case 'object':
      return compileObject(json, tableNumber, mismatch);
    default: {
      const test = PRIMITIVES[json.type];
      if (!test) throw new Error(`Unknown validator type ${(json as { type: string }).type}`);
      return (value, path) => (test(value) ? null : mismatch(value, path));
    }
  }
}

type Mismatch = (value: Value | undefined, path: string) => string;

function compileRecord(json: ValidatorJson & { type: 'record' }, tableNumber: TableNumber, mismatch: Mismatch): Check {
  const keys = compileValidator(json.keys, tableNumber);
  const values = compileValidator(json.values.fieldType, tableNumber);
  return (value, path) => {
    if (!isObject(value)) return mismatch(value, path);
    for (const name of Object.keys(value)) {
      const error = keys(name, path) ?? values(value[name], `${path}.${name}`);
      if (error) return error;
    }
    return null;
  };
}

function compileObject(json: ValidatorJson & { type: 'object' }, tableNumber: TableNumber, mismatch: Mismatch): Check {
  const fields = Object.entries(json.value).map(([name, field]) => ({
    name,
    optional: field.optional,
    check: compileValidator(field.fieldType, tableNumber),
  }));
  const known = new Set(fields.map((field) => field.name));
  return (value, path) => {
    if (!isObject(value)) return mismatch(value, path);
    const object: ValueObject = value;
    for (const field of fields) {
      const item = object[field.name];
      if (item === undefined) {
        if (field.optional) continue;
        return `Object is missing the required field \`${field.name}\`. Consider wrapping the field validator in \`v.optional(...)\` if this is expected.\nPath: ${path || '.'}\nObject: ${show(value)}\nValidator: ${describe(json)}`;
      }
      const error = field.check(item, `${path}.${field.name}`);
      if (error) return error;
    }
    for (const name of Object.keys(object)) {
      if (known.has(name) || object[name] === undefined) continue;
      return `Object contains extra field \`${name}\` that is not in the validator.\nPath: ${path || '.'}\nObject: ${show(value)}\nValidator: ${describe(json)}`;
    }
    return null;
  };
}
