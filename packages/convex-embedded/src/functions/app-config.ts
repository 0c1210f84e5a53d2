import { StartError } from '../errors.ts';
import { compileValidator } from '../values/validator.ts';
import type { ValidatorJson } from '../values/validator-json.ts';
import type { Modules } from './loader.ts';

/** What `defineApp(...)` of the client library exports, as far as it is used here. */
interface AppExport {
  childComponents: unknown[];
  envVars?: [name: string, declared: { value: string; optional?: boolean }][];
}

/** Variables that every deployment has; see `deploymentEnv`. */
const PLATFORM = ['CONVEX_CLOUD_URL', 'CONVEX_SITE_URL'];

/**
 * The variables of a deployment: those given, and the server's own address under the names that every deployment has. Given
 * ones win, for a server that is reached under another name.
 */
export function deploymentEnv(given: Record<string, string>, url: string): Record<string, string> {
  return { ...Object.fromEntries(PLATFORM.map((name) => [name, url])), ...given };
}

/**
 * Checks the variables that `convex.config.ts` declares. Throws `StartError` if one is missing or has a value that its
 * validator refuses, or if the app uses components.
 */
export function checkAppConfig(modules: Modules, env: Record<string, string>): void {
  if (!modules['convex.config']) return;
  const app = modules['convex.config'].default as { export?: () => AppExport } | undefined;
  if (typeof app?.export !== 'function') {
    throw new StartError('convex.config: the default export must be made with defineApp().');
  }
  const { childComponents, envVars = [] } = app.export();
  if (childComponents.length > 0) {
    throw new StartError('convex.config: components are not supported by convex-embedded.');
  }
  const wrong: string[] = [];
  for (const [name, { value, optional }] of envVars) {
    if (PLATFORM.includes(name)) wrong.push(`${name} is there by itself and cannot be declared`);
    else if (env[name] === undefined) {
      if (!optional) wrong.push(`${name} is not set`);
    } else if (compileValidator(JSON.parse(value) as ValidatorJson, () => undefined)(env[name], '') !== null) {
      // Without its value, which may be a secret.
      wrong.push(`${name} has a value that its validator refuses`);
    }
  }
  if (wrong.length > 0) {
    throw new StartError(`convex.config: the deployment's variables do not fit:\n  ${wrong.join('\n  ')}`);
  }
}
