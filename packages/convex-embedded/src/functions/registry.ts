import type { Catalog, SchemaExport } from '../catalog.ts';
import { FunctionError, StartError } from '../errors.ts';
import { type Check, compileValidator } from '../values/validator.ts';
import type { ValidatorJson } from '../values/validator-json.ts';
import type { FunctionKind } from './call.ts';
import type { LoadedModules, Modules } from './loader.ts';

/** A function object of the client library, as registration leaves it. */
interface RegisteredObject {
  isQuery?: boolean;
  isMutation?: boolean;
  isAction?: boolean;
  isHttp?: boolean;
  isRouter?: boolean;
  isPublic?: boolean;
  exportArgs(): string;
  exportReturns(): string;
  invokeQuery(args: string): Promise<string>;
  invokeMutation(args: string): Promise<string>;
  invokeAction(requestId: string, args: string): Promise<string>;
}

/** One callable function. */
export interface ConvexFunction {
  readonly path: string;
  readonly kind: FunctionKind;
  readonly isPublic: boolean;
  readonly checkArgs: Check;
  readonly checkReturns: Check | null;
  /** Runs it; takes and returns JSON text. */
  invoke(args: string): Promise<string>;
}

/** A cron job as `cronJobs().export()` describes it. */
export interface CronJob {
  readonly name: string;
  readonly args: [Record<string, never>];
  readonly schedule: CronSchedule;
}

/** When a cron job runs; times are UTC. */
export type CronSchedule =
  | { type: 'interval'; seconds?: number; minutes?: number; hours?: number }
  | { type: 'hourly'; minuteUTC?: number }
  | { type: 'daily'; hourUTC: number; minuteUTC?: number }
  | { type: 'weekly'; dayOfWeek: string; hourUTC: number; minuteUTC?: number }
  | { type: 'monthly'; day: number; hourUTC: number; minuteUTC?: number }
  | { type: 'cron'; cron: string };

const NOT_FUNCTIONS = new Set(['schema', 'crons', 'auth.config', 'convex.config']);

/** As deployments have it. */
const MAX_INDEXES = 32;
const MAX_INDEX_FIELDS = 16;

/** Refuses indexes that a deployment would refuse. */
function checkIndexes(table: string, indexes: { indexDescriptor: string; fields: string[] }[]): void {
  const refuse = (what: string) => {
    throw new StartError(`schema: table "${table}" ${what}.`);
  };
  if (indexes.length > MAX_INDEXES) refuse(`has ${indexes.length} indexes (the most is ${MAX_INDEXES})`);
  const names = new Set(['by_id', 'by_creation_time']);
  for (const { indexDescriptor: name, fields } of indexes) {
    if (names.has(name) || !/^[a-zA-Z]\w{0,63}$/.test(name)) refuse(`cannot have an index of the name "${name}"`);
    names.add(name);
    if (fields.length === 0 || fields.length > MAX_INDEX_FIELDS) {
      refuse(`has an index "${name}" of ${fields.length} fields (1 to ${MAX_INDEX_FIELDS} are allowed)`);
    }
    if (new Set(fields).size < fields.length || fields.some((field) => field.startsWith('_'))) {
      refuse(`has an index "${name}" with a field twice or a field of the system; those come at its end by themselves`);
    }
  }
}

/** Refuses names that are the system's: of tables, and of fields at the top of their documents. */
function checkNames(table: string, documentType: ValidatorJson): void {
  if (!/^[a-zA-Z]\w{0,63}$/.test(table)) {
    throw new StartError(
      `schema: "${table}" cannot be the name of a table. Names are letters, digits and underscores, begin with a letter and have 64 characters at most.`,
    );
  }
  const variants = documentType.type === 'union' ? documentType.value : [documentType];
  for (const variant of variants) {
    if (variant.type !== 'object') continue;
    const reserved = Object.keys(variant.value).find((field) => /^[_$]/.test(field));
    if (reserved === undefined) continue;
    throw new StartError(
      `schema: table "${table}" cannot have a field "${reserved}". Names that begin with "_" are the system's, and "_id" and "_creationTime" come by themselves.`,
    );
  }
}

/** The schema a set of modules exports, or null. */
export function schemaOf(modules: Modules): SchemaExport | null {
  const schema = modules.schema?.default as SchemaExport | undefined;
  if (!schema) return null;
  if (!schema.tables) throw new StartError('schema: the default export must be made with defineSchema().');
  for (const [table, definition] of Object.entries(schema.tables)) {
    const exported = definition.export();
    const refuse = (what: string) => {
      throw new StartError(`schema: table "${table}" uses ${what}, which convex-embedded does not support.`);
    };
    checkNames(table, exported.documentType);
    if (exported.searchIndexes?.length) refuse('text search');
    if (exported.vectorIndexes?.length) refuse('vector search');
    if (exported.stagedDbIndexes?.length) refuse('staged indexes');
    checkIndexes(table, exported.indexes);
  }
  return schema;
}

/** The cron jobs a set of modules exports, by name. */
export function cronsOf(modules: Modules): Record<string, CronJob> {
  const crons = modules.crons?.default as { export(): string } | undefined;
  return crons ? (JSON.parse(crons.export()) as Record<string, CronJob>) : {};
}

/** `file:name`, with `default` and the `.js` of older callers made explicit. */
export function canonicalPath(path: string): string {
  const colon = path.lastIndexOf(':');
  const module = colon < 0 ? path : path.slice(0, colon);
  const name = colon < 0 ? 'default' : path.slice(colon + 1);
  return `${module.endsWith('.js') ? module.slice(0, -3) : module}:${name}`;
}

/** Finds functions by path. */
export class Registry {
  readonly functions = new Map<string, ConvexFunction>();

  constructor(modules: LoadedModules, catalog: Catalog) {
    const tableNumber = (name: string) => catalog.tables.get(name)?.number;
    for (const [module, exports] of Object.entries(modules.deterministic)) {
      if (NOT_FUNCTIONS.has(module)) continue;
      for (const [name, exported] of Object.entries(exports)) {
        const object = exported as RegisteredObject | null | undefined;
        if (!object || (typeof object !== 'function' && typeof object !== 'object')) continue;
        const path = `${module}:${name}`;
        if (object.isHttp || object.isRouter) {
          throw new StartError(`${path}: HTTP actions are not supported by convex-embedded.`);
        }
        const kind = object.isQuery ? 'query' : object.isMutation ? 'mutation' : object.isAction ? 'action' : null;
        if (!kind) continue;
        const free = modules.free[module]?.[name] as RegisteredObject;
        const returns = JSON.parse(object.exportReturns()) as ValidatorJson | null;
        this.functions.set(path, {
          path,
          kind,
          isPublic: object.isPublic === true,
          checkArgs: compileValidator(JSON.parse(object.exportArgs()) as ValidatorJson, tableNumber),
          checkReturns: returns ? compileValidator(returns, tableNumber) : null,
          invoke: (args) =>
            kind === 'query'
              ? object.invokeQuery(args)
              : kind === 'mutation'
                ? object.invokeMutation(args)
                : free.invokeAction('', args),
        });
      }
    }
  }

  /** The function at a path. Throws `FunctionError` if there is none that the caller may call. */
  find(path: string, kind: FunctionKind | 'any', internal: boolean): ConvexFunction {
    const found = this.functions.get(canonicalPath(path));
    if (!found || (!found.isPublic && !internal)) {
      throw new FunctionError(
        `Could not find ${internal ? '' : 'public '}function for '${path}'. Did you forget to run \`npx convex dev\`?`,
      );
    }
    if (kind !== 'any' && found.kind !== kind) {
      throw new FunctionError(`Trying to execute ${path} as ${kind}, but it is defined as ${found.kind}.`);
    }
    return found;
  }
}
