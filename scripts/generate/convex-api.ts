import { readdirSync } from 'node:fs';
import path from 'node:path';

/**
 * convex/_generated/api.d.ts, as `npx convex codegen` writes it. Only the list of modules varies; the other generated files are constant,
 * and codegen itself wants a deployment.
 */
export function convexApi(root: string): string {
  const modules = modulesBelow(path.join(root, 'convex'), '');
  const imports = modules.map((name) => `import type * as ${identifier(name)} from "../${name}.js";`);
  const entries = modules.map((name) => `  ${/^\w+$/.test(name) ? name : `"${name}"`}: typeof ${identifier(name)};`);
  return `${HEAD}${imports.join('\n')}\n${MIDDLE}${entries.join('\n')}\n${TAIL}`;
}

const identifier = (name: string) => name.replaceAll(/[^A-Za-z0-9_]/g, '_');

/** Convex passes over names with a second dot (tests), the schema and the configuration. */
function modulesBelow(folder: string, prefix: string): string[] {
  return readdirSync(folder, { withFileTypes: true })
    .flatMap((entry) => {
      if (entry.isDirectory())
        return entry.name === '_generated'
          ? []
          : modulesBelow(path.join(folder, entry.name), `${prefix}${entry.name}/`);
      const name = /^([^.]+)\.(?:ts|js|tsx|jsx)$/.exec(entry.name)?.[1];
      return name === undefined || (prefix === '' && name === 'schema') ? [] : [`${prefix}${name}`];
    })
    .sort();
}

const HEAD = `/* eslint-disable */
/**
 * Generated \`api\` utility.
 *
 * THIS CODE IS AUTOMATICALLY GENERATED.
 *
 * To regenerate, run \`npx convex dev\`.
 * @module
 */

import type {
  ApiFromModules,
  FilterApi,
  FunctionReference,
} from "convex/server";
`;

const MIDDLE = `
/**
 * A utility for referencing Convex functions in your app's API.
 *
 * Usage:
 * \`\`\`js
 * const myFunctionReference = api.myModule.myFunction;
 * \`\`\`
 */
declare const fullApi: ApiFromModules<{
`;

const TAIL = `}>;
export declare const api: FilterApi<
  typeof fullApi,
  FunctionReference<any, "public">
>;
export declare const internal: FilterApi<
  typeof fullApi,
  FunctionReference<any, "internal">
>;
`;
