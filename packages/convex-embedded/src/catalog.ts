import type { JsonObject, ValueObject } from './values/json.ts';
import { encodeKey, valueAt } from './values/key.ts';
import { type Check, compileValidator } from './values/validator.ts';
import type { ValidatorJson } from './values/validator-json.ts';

/** One ordered index of a table. `fields` ends with `_creationTime`, `_id`, which make keys unique. */
export interface IndexDefinition {
  /** Position of the index in a snapshot's array of trees; of this process only. */
  readonly slot: number;
  readonly table: string;
  readonly name: string;
  readonly fields: readonly string[];
}

/** One table: its number is part of every id and never changes. */
export interface TableDefinition {
  readonly name: string;
  readonly number: number;
  readonly indexes: readonly IndexDefinition[];
  readonly byId: IndexDefinition;
  readonly byName: ReadonlyMap<string, IndexDefinition>;
  /** Checks a document without its system fields. */
  check: Check;
}

/** A document as stored: its value, its JSON form and its key in each index of the table. Immutable. */
export interface Doc {
  readonly id: string;
  readonly value: ValueObject;
  /** The JSON form; the same object as `value` if that holds no int64, bytes or special numbers. */
  readonly raw: JsonObject;
  readonly json: string;
  readonly keys: readonly string[];
}

/** What `defineTable(...).export()` of the client library returns, as far as it is used here. */
export interface TableExport {
  indexes: { indexDescriptor: string; fields: string[] }[];
  stagedDbIndexes?: unknown[];
  searchIndexes?: unknown[];
  vectorIndexes?: unknown[];
  documentType: ValidatorJson;
}

/** The schema as `defineSchema` returns it. */
export interface SchemaExport {
  tables: Record<string, { export(): TableExport }>;
  schemaValidation?: boolean;
}

/** The system table of scheduled functions, readable with `ctx.db.system`. */
export const SCHEDULED_TABLE = '_scheduled_functions';
/** Where cron jobs remember their last run; not readable by functions. */
export const CRON_TABLE = '_cron_jobs';

const FIRST_TABLE_NUMBER = 10_001;

/** The tables and indexes of a deployment. */
export class Catalog {
  readonly tables = new Map<string, TableDefinition>();
  /** Called when a table gets a number, so that it can be written to the log. */
  onNewTable: (name: string, number: number) => void = () => undefined;
  indexCount = 0;
  private readonly byNumber = new Map<number, TableDefinition>();
  private readonly numbers: Map<string, number>;
  private readonly schema: SchemaExport | null;

  /** `numbers` are the table numbers known from the log. */
  constructor(schema: SchemaExport | null, numbers: Map<string, number>) {
    this.numbers = numbers;
    this.schema = schema;
  }

  /** Defines the schema's tables, the system tables and those that only the log knows. */
  defineAll(): void {
    this.define(SCHEDULED_TABLE);
    this.define(CRON_TABLE);
    for (const name of Object.keys(this.schema?.tables ?? {})) this.define(name);
    for (const name of this.numbers.keys()) this.define(name);
  }

  /** The table of that name, defined on first use if the schema does not know it. */
  define(name: string): TableDefinition {
    const existing = this.tables.get(name);
    if (existing) return existing;
    if (!/^_?[a-zA-Z][a-zA-Z0-9_]{0,63}$/.test(name)) throw new Error(`Invalid table name "${name}".`);
    const exported = this.schema?.tables[name]?.export();
    const number = this.numberFor(name);
    const index = (indexName: string, fields: string[]): IndexDefinition => ({
      slot: this.indexCount++,
      table: name,
      name: indexName,
      fields,
    });
    const byId = index('by_id', ['_id']);
    const indexes = [byId, index('by_creation_time', ['_creationTime', '_id'])];
    for (const { indexDescriptor, fields } of exported?.indexes ?? []) {
      indexes.push(index(indexDescriptor, [...fields, '_creationTime', '_id']));
    }
    const validated = exported && this.schema?.schemaValidation !== false;
    const table: TableDefinition = {
      name,
      number,
      indexes,
      byId,
      byName: new Map(indexes.map((i) => [i.name, i])),
      check: validated
        ? compileValidator(exported.documentType, (target) => this.tables.get(target)?.number)
        : () => null,
    };
    this.tables.set(name, table);
    this.byNumber.set(number, table);
    return table;
  }

  /** The table a number belongs to. */
  tableOfNumber(number: number): TableDefinition | undefined {
    return this.byNumber.get(number);
  }

  private numberFor(name: string): number {
    const known = this.numbers.get(name);
    if (known !== undefined) return known;
    let number = FIRST_TABLE_NUMBER;
    for (const taken of this.numbers.values()) number = Math.max(number, taken + 1);
    this.numbers.set(name, number);
    this.onNewTable(name, number);
    return number;
  }
}

/** The key of a document id in the `by_id` index. */
export function idKey(id: string): string {
  return encodeKey(id);
}

/** A document with its index keys. `value` and `raw` hold the system fields; `json` is the text of `raw`. */
export function makeDoc(table: TableDefinition, value: ValueObject, raw: JsonObject, json: string): Doc {
  const id = value._id as string;
  const last = encodeKey(id);
  const creation = encodeKey(value._creationTime);
  const keys = table.indexes.map((index, i) => {
    if (i === 0) return last;
    let key = '';
    for (let f = 0; f < index.fields.length - 2; f++) key += encodeKey(valueAt(value, index.fields[f] as string));
    return key + creation + last;
  });
  return { id, value, raw, json, keys };
}
