import { readdirSync, readFileSync } from 'node:fs';
import { join, relative, resolve, sep } from 'node:path';
import { build } from 'esbuild';
import { StartError } from '../errors.ts';
import { runBundle, type SandboxOptions } from './sandbox.ts';
import { unsupportedInSource } from './unsupported.ts';

/** Exports of the modules of a `convex/` folder, by module path (`dir/file`). */
export type Modules = Record<string, Record<string, unknown>>;

/** A `convex/` folder, evaluated. */
export interface LoadedModules {
  /** Modules in the environment of queries and mutations; includes `schema`, `crons` and the two `*.config`. */
  readonly deterministic: Modules;
  /** The same modules in the environment of actions. */
  readonly free: Modules;
  /** False if the modules were given ready-made and share the host's globals. */
  readonly sandboxed: boolean;
}

const SOURCE = /\.(ts|tsx|js|jsx|mts|mjs)$/;

const CONFIGS = /^(auth|convex)\.config\.(ts|js)$/;

/** Module files of a folder: what Convex would deploy. */
function moduleFiles(dir: string): string[] {
  const entries = readdirSync(dir, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile() && SOURCE.test(entry.name))
    .map((entry) => relative(dir, join(entry.parentPath, entry.name)).split(sep).join('/'))
    .filter((file) => {
      if (file.split('/').some((part) => part === '_generated' || part === 'node_modules' || part.startsWith('.'))) {
        return false;
      }
      if (CONFIGS.test(file)) return true;
      // As on a deployment: a second dot marks a file that is not a module (tests, declarations).
      if (file.replace(SOURCE, '').includes('.')) return false;
      if (!/^[\w/.]+$/.test(file)) {
        throw new StartError(
          `${file}: a Convex deployment takes only letters, digits, underscores and dots in the path of a module.`,
        );
      }
      return true;
    })
    .sort();
}

/**
 * Bundles a `convex/` folder and evaluates it twice, for queries and mutations and for actions.
 * Throws `StartError` if it does not build or uses something that is not supported.
 */
export async function loadFolder(dir: string, options: SandboxOptions): Promise<LoadedModules> {
  const root = resolve(dir);
  let files: string[];
  try {
    files = moduleFiles(root);
  } catch (error) {
    if (error instanceof StartError) throw error;
    throw new StartError(`The functions folder ${dir} cannot be read: ${(error as Error).message}`);
  }
  const refused = files.flatMap((file) =>
    unsupportedInSource(`${dir}/${file}`, readFileSync(join(root, file), 'utf8')),
  );
  if (refused.length > 0) {
    throw new StartError(`These functions use what convex-embedded does not support:\n  ${refused.join('\n  ')}`);
  }
  const contents = [
    ...files.map((file, i) => `import * as m${i} from ${JSON.stringify(`./${file}`)};`),
    `export const modules = {${files.map((file, i) => `${JSON.stringify(file.replace(SOURCE, ''))}: m${i}`).join(', ')}};`,
  ].join('\n');
  let code: string;
  try {
    const result = await build({
      stdin: { contents, resolveDir: root, sourcefile: 'convex-functions', loader: 'ts' },
      bundle: true,
      write: false,
      format: 'cjs',
      platform: 'browser',
      target: 'es2022',
      conditions: ['convex', 'module'],
      // Error messages name functions of the developer's own code.
      keepNames: false,
      logLevel: 'silent',
    });
    code = result.outputFiles[0]?.text ?? '';
  } catch (error) {
    throw new StartError(`The functions in ${dir} do not build:\n${(error as Error).message}`);
  }
  const modulesOf = (deterministic: boolean) => {
    try {
      return runBundle(code, deterministic, options).modules as Modules;
    } catch (error) {
      throw new StartError(`The functions in ${dir} fail while loading: ${(error as Error).message}`);
    }
  };
  return { deterministic: modulesOf(true), free: modulesOf(false), sandboxed: true };
}
