import type { JSONValue } from 'convex/values';

/** The JSON form of a `v.*` validator, as functions and schemas export it. */
export type ValidatorJson =
  | { type: 'any' | 'null' | 'number' | 'bigint' | 'boolean' | 'string' | 'bytes' | 'commitTs' }
  | { type: 'id'; tableName: string }
  | { type: 'literal'; value: JSONValue }
  | { type: 'array'; value: ValidatorJson }
  | { type: 'union'; value: ValidatorJson[] }
  | { type: 'record'; keys: ValidatorJson; values: { fieldType: ValidatorJson } }
  | { type: 'object'; value: { [field: string]: { fieldType: ValidatorJson; optional: boolean } } };

/** The number of a table by its name, for `v.id`; undefined for a table that does not exist. */
export type TableNumber = (name: string) => number | undefined;
