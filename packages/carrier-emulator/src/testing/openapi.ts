import { existsSync, readFileSync } from 'node:fs';

/** Twilio's published description, where it lies beside the repository; not copied into it. */
const SPEC = new URL('../../../../../shared/specs/twilio_core_subset.prism.json', import.meta.url);

interface Schema {
  $ref?: string;
  type?: string;
  nullable?: boolean;
  enum?: unknown[];
  pattern?: string;
  minLength?: number;
  maxLength?: number;
  properties?: Record<string, Schema>;
  items?: Schema;
}

interface OpenApi {
  components: { schemas: Record<string, Schema> };
}

/** Null, with a line that says so, when the description is not there. */
export function loadSpec(): OpenApi | null {
  if (existsSync(SPEC)) return JSON.parse(readFileSync(SPEC, 'utf8')) as OpenApi;
  process.stderr.write(
    'carrier-emulator: ../shared/specs is not beside the repository; answers are not checked against it.\n',
  );
  return null;
}

/** Where a value departs from a schema; also the properties it lacks and those the schema does not know. */
export function deviations(spec: OpenApi, name: string, value: unknown): string[] {
  const schema = spec.components.schemas[name];
  return schema ? check(spec, schema, value, name) : [`the description has no ${name}`];
}

function check(spec: OpenApi, given: Schema, value: unknown, at: string): string[] {
  const schema = given.$ref ? spec.components.schemas[given.$ref.split('/').at(-1) ?? ''] : given;
  if (!schema) return [`${at}: ${given.$ref} is missing`];
  if (value === null) return schema.nullable ? [] : [`${at}: null`];
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
      else found.push(`${at}: lacks ${name}`);
    }
    for (const name of Object.keys(object)) if (!(name in schema.properties)) found.push(`${at}: unknown ${name}`);
  }
  if (schema.items && Array.isArray(value)) {
    for (const [i, item] of value.entries()) found.push(...check(spec, schema.items, item, `${at}[${i}]`));
  }
  return found;
}

function hasType(type: string, value: unknown): boolean {
  if (type === 'integer') return Number.isInteger(value);
  if (type === 'array') return Array.isArray(value);
  return typeof value === type;
}
