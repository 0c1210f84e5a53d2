import type { Value } from 'convex/values';
import { isObject, toJson, type ValueObject } from './json.ts';
import { compileMatcher, type Matcher } from './matcher.ts';
import type { TableNumber, ValidatorJson } from './validator-json.ts';

/** Returns what is wrong with the value (a sentence for the developer), or null. */
export type Check = (value: Value | undefined, path: string) => string | null;

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
 * Turns a validator into a function, once per function or table. A document is checked without
 * its system fields.
 */
export function compileValidator(json: ValidatorJson, tableNumber: TableNumber): Check {
  const matches = compileMatcher(json, tableNumber);
  let explain: Check | null = null;
  return (value, path) => {
    if (matches(value)) return null;
    explain ??= compileExplanation(json, tableNumber, matches);
    return explain(value, path);
  };
}

/** Says what is wrong with a value that does not match, at the innermost place. */
function compileExplanation(json: ValidatorJson, tableNumber: TableNumber, matches: Matcher): Check {
  const mismatch = (value: Value | undefined, path: string) =>
    `Value does not match validator.\nPath: ${path || '.'}\nValue: ${show(value)}\nValidator: ${describe(json)}`;
  switch (json.type) {
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
      return explainRecord(json, tableNumber, mismatch);
    case 'object':
      return explainObject(json, tableNumber, mismatch);
    default:
      return (value, path) => (matches(value) ? null : mismatch(value, path));
  }
}

type Mismatch = (value: Value | undefined, path: string) => string;

function explainRecord(json: ValidatorJson & { type: 'record' }, tableNumber: TableNumber, mismatch: Mismatch): Check {
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

function explainObject(json: ValidatorJson & { type: 'object' }, tableNumber: TableNumber, mismatch: Mismatch): Check {
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
