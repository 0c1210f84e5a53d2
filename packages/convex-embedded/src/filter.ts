import type { JSONValue, Value } from 'convex/values';
import { fromJsonOrUndefined, type ValueObject } from './values/json.ts';
import { compareByKey, valueAt } from './values/key.ts';

/** A filter of `db.query(...).filter(...)`, compiled once per stream. */
export type Filter = (document: ValueObject) => Value | undefined;

type Operands = [JSONValue, JSONValue];

const COMPARISONS: Record<string, (order: number) => boolean> = {
  $eq: (order) => order === 0,
  $neq: (order) => order !== 0,
  $lt: (order) => order < 0,
  $lte: (order) => order <= 0,
  $gt: (order) => order > 0,
  $gte: (order) => order >= 0,
};

type Numeric = (a: number, b: number) => number;
const ARITHMETIC: Record<string, { float: Numeric; int: (a: bigint, b: bigint) => bigint }> = {
  $add: { float: (a, b) => a + b, int: (a, b) => a + b },
  $sub: { float: (a, b) => a - b, int: (a, b) => a - b },
  $mul: { float: (a, b) => a * b, int: (a, b) => a * b },
  $div: { float: (a, b) => a / b, int: (a, b) => a / b },
  $mod: { float: (a, b) => a % b, int: (a, b) => a % b },
};

function arithmetic(operator: string, a: Value | undefined, b: Value | undefined): Value {
  const rule = ARITHMETIC[operator] as (typeof ARITHMETIC)[string];
  if (typeof a === 'number' && typeof b === 'number') return rule.float(a, b);
  if (typeof a === 'bigint' && typeof b === 'bigint') return BigInt.asIntN(64, rule.int(a, b));
  throw new Error(`Filter operator ${operator} needs two numbers or two int64 values.`);
}

function truth(value: Value | undefined, operator: string): boolean {
  if (typeof value !== 'boolean') throw new Error(`Filter operator ${operator} needs boolean operands.`);
  return value;
}

/** Compiles the JSON form of a filter expression. Throws on an operator it does not know. */
export function compileFilter(json: JSONValue): Filter {
  if (json === null || typeof json !== 'object' || Array.isArray(json)) return () => json as Value;
  if ('$literal' in json) {
    const literal = fromJsonOrUndefined(json.$literal as JSONValue);
    return () => literal;
  }
  if ('$field' in json) {
    const path = json.$field as string;
    return (document) => valueAt(document, path);
  }
  const operator = Object.keys(json)[0] ?? '';
  const operand = json[operator] as JSONValue;
  const comparison = COMPARISONS[operator];
  if (comparison || operator in ARITHMETIC) {
    const [left, right] = (operand as Operands).map(compileFilter) as [Filter, Filter];
    return comparison
      ? (document) => comparison(compareByKey(left(document), right(document)))
      : (document) => arithmetic(operator, left(document), right(document));
  }
  switch (operator) {
    case '$and': {
      const parts = (operand as JSONValue[]).map(compileFilter);
      return (document) => parts.every((part) => truth(part(document), operator));
    }
    case '$or': {
      const parts = (operand as JSONValue[]).map(compileFilter);
      return (document) => parts.some((part) => truth(part(document), operator));
    }
    case '$not': {
      const part = compileFilter(operand);
      return (document) => !truth(part(document), operator);
    }
    case '$neg': {
      const part = compileFilter(operand);
      return (document) => {
        const value = part(document);
        if (typeof value === 'number' || typeof value === 'bigint') return -value;
        throw new Error('Filter operator $neg needs a number or an int64 value.');
      };
    }
  }
  throw new Error(`Unknown filter operator "${operator}".`);
}
