import { existsSync, readFileSync } from 'node:fs';

/** The carriers' published descriptions, where they lie beside the repository; not copied into it. */
const SPECS = new URL('../../../../../shared/specs/', import.meta.url);
const FILES = { twilio: 'twilio_core_subset.prism.json', telnyx: 'telnyx_messaging_subset.json' };

interface Schema {
  $ref?: string;
  type?: string | string[];
  anyOf?: Schema[];
  nullable?: boolean;
  enum?: unknown[];
  pattern?: string;
  minLength?: number;
  maxLength?: number;
  required?: string[];
  properties?: Record<string, Schema>;
  items?: Schema;
}

interface OpenApi {
  components: { schemas: Record<string, Schema> };
}

/** Null, with a line that says so, when the description is not there. */
export function loadSpec(carrier: keyof typeof FILES = 'twilio'): OpenApi | null {
  const file = new URL(FILES[carrier], SPECS);
  if (existsSync(file)) return JSON.parse(readFileSync(file, 'utf8')) as OpenApi;
  process.stderr.write(
    'carrier-emulator: ../shared/specs is not beside the repository; answers are not checked against it.\n',
  );
  return null;
}

/**
 * Where a value departs from a schema; also the properties it lacks (where the schema says what is required: of those)
 * and those the schema does not know.
 * @param known departures that are right, because the carrier's own samples have them.
 */
export function deviations(spec: OpenApi, name: string, value: unknown, known: string[] = []): string[] {
  const schema = spec.components.schemas[name];
  if (!schema) return [`the description has no ${name}`];
  return check(spec, schema, value, name).filter((found) => !known.includes(found));
}

function check(spec: OpenApi, given: Schema, value: unknown, at: string): string[] {
  const schema = given.$ref ? spec.components.schemas[given.$ref.split('/').at(-1) ?? ''] : given;
  if (!schema) return [`${at}: ${given.$ref} is missing`];
  if (schema.anyOf) {
    const tried = schema.anyOf.map((each) => check(spec, each, value, at));
    return tried.some((each) => each.length === 0) ? [] : (tried[0] ?? []);
  }
  if (value === null) return schema.nullable || hasType(schema.type ?? '', null) ? [] : [`${at}: null`];
  const found: string[] = [];
  if (schema.type && !hasType(schema.type, value)) return [`${at}: ${JSON.stringify(value)} is no ${schema.type}`];
  if (schema.enum && !schema.enum.includes(value)) found.push(`${at}: ${JSON.stringify(value)} is none of the values`);
  if (typeof value === 'string') {
    if (schema.pattern && !new RegExp(schema.pattern).test(value))
      found.push(`${at}: ${value} against ${schema.pattern}`);
    if (schema.minLength !== undefined && value.length < schema.minLength) found.push(`${at}: too short`);
    if (schema.maxLength !== undefined && value.length > schema.maxLength) found.push(`${at}: too long`);
  }
  if (schema.properties) {
    const object = value as Record<string, unknown>;
    for (const [name, property] of Object.entries(schema.properties)) {
      if (name in object) found.push(...check(spec, property, object[name], `${at}.${name}`));
      else if (!schema.required || schema.required.includes(name)) found.push(`${at}: lacks ${name}`);
    }
    for (const name of Object.keys(object)) if (!(name in schema.properties)) found.push(`${at}: unknown ${name}`);
  }
  if (schema.items && Array.isArray(value)) {
    for (const [i, item] of value.entries()) found.push(...check(spec, schema.items, item, `${at}[${i}]`));
  }
  return found;
}

function hasType(type: string | string[], value: unknown): boolean {
  if (Array.isArray(type)) return type.some((each) => hasType(each, value));
  if (type === 'null') return value === null;
  if (type === 'integer') return Number.isInteger(value);
  if (type === 'array') return Array.isArray(value);
  return typeof value === type;
}
