import type { Value } from 'convex/values';
import { tableNumberOf } from './id.ts';
import { COMMIT_TS, fromJson, isObject } from './json.ts';
import { compareByKey } from './key.ts';
import type { TableNumber, ValidatorJson } from './validator-json.ts';

/** True if a value fits. */
export type Matcher = (value: Value | undefined) => boolean;

const PRIMITIVES: Record<string, (value: unknown) => boolean> = {
  any: () => true,
  null: (value) => value === null,
  number: (value) => typeof value === 'number',
  bigint: (value) => typeof value === 'bigint',
  commitTs: (value) => typeof value === 'bigint' || value === COMMIT_TS,
  boolean: (value) => typeof value === 'boolean',
  string: (value) => typeof value === 'string',
  bytes: (value) => value instanceof ArrayBuffer,
};

/**
 * Turns a validator into a yes-or-no function. It runs on every call and every write, nearly
 * always says yes, and so spends nothing on saying why not.
 */
export function compileMatcher(json: ValidatorJson, tableNumber: TableNumber): Matcher {
  switch (json.type) {
    case 'id':
      return (value) => {
        const number = typeof value === 'string' ? tableNumberOf(value) : null;
        return number !== null && number === tableNumber(json.tableName);
      };
    case 'literal': {
      const literal = fromJson(json.value);
      return (value) => value === literal || compareByKey(value, literal) === 0;
    }
    case 'union':
      return compileUnion(json.value, tableNumber);
    case 'array': {
      const element = compileMatcher(json.value, tableNumber);
      return (value) => {
        if (!Array.isArray(value)) return false;
        for (let i = 0; i < value.length; i++) if (!element(value[i])) return false;
        return true;
      };
    }
    case 'record': {
      const keys = compileMatcher(json.keys, tableNumber);
      const values = compileMatcher(json.values.fieldType, tableNumber);
      return (value) => {
        if (!isObject(value)) return false;
        for (const name of Object.keys(value)) if (!keys(name) || !values(value[name])) return false;
        return true;
      };
    }
    case 'object':
      return compileObject(json, tableNumber);
    default: {
      const test = PRIMITIVES[json.type];
      if (!test) throw new Error(`Unknown validator type ${(json as { type: string }).type}`);
      return test;
    }
  }
}

/** A union; its string literals, of which there are often many, are one look-up. */
function compileUnion(members: ValidatorJson[], tableNumber: TableNumber): Matcher {
  const strings = new Set<unknown>();
  const others: Matcher[] = [];
  for (const member of members) {
    if (member.type === 'literal' && typeof member.value === 'string') strings.add(member.value);
    else others.push(compileMatcher(member, tableNumber));
  }
  return (value) => {
    if (typeof value === 'string' && strings.has(value)) return true;
    for (const matches of others) if (matches(value)) return true;
    return false;
  };
}

function compileObject(json: ValidatorJson & { type: 'object' }, tableNumber: TableNumber): Matcher {
  const fields = Object.entries(json.value).map(([name, { optional, fieldType }]) => ({
    name,
    optional,
    matches: compileMatcher(fieldType, tableNumber),
  }));
  const known = new Set(fields.map((field) => field.name));
  return (value) => {
    if (!isObject(value)) return false;
    let found = 0;
    for (const { name, optional, matches } of fields) {
      const item = value[name];
      if (item === undefined) {
        if (!optional) return false;
      } else if (matches(item)) {
        found++;
      } else {
        return false;
      }
    }
    let present = 0;
    for (const name in value) {
      if (value[name] === undefined) continue;
      if (++present > found && !known.has(name)) return false;
    }
    return present === found;
  };
}
