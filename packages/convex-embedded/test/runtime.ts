import { fileURLToPath } from 'node:url';
import type { JSONValue } from 'convex/values';
import { Engine } from '../src/engine.ts';
import type { Logger } from '../src/errors.ts';
import { Executor } from '../src/functions/executor.ts';
import { type LoadedModules, loadFolder } from '../src/functions/loader.ts';
import { Registry, schemaOf } from '../src/functions/registry.ts';
import { Syscalls } from '../src/functions/syscalls.ts';
import { Metrics } from '../src/metrics.ts';
import { openStore, type StorageOptions } from '../src/open-store.ts';

export const FUNCTIONS = fileURLToPath(new URL('./convex', import.meta.url));
export const silent: Logger = () => undefined;

/** Lets everything that is ready happen. */
export const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

let loaded: LoadedModules | null = null;

/** The fixture functions on a store of their own, without sockets. */
export async function openRuntime(storage: StorageOptions) {
  loaded ??= await loadFolder(FUNCTIONS, { env: {}, convex: new Syscalls(true), print: () => undefined });
  const metrics = new Metrics();
  const opened = await openStore(schemaOf(loaded.deterministic), storage, metrics, silent);
  const engine = new Engine(opened.store, opened.requests, metrics, opened.log);
  const executor = new Executor(engine, new Registry(loaded, opened.store.catalog));
  const mutate = (path: string, args: JSONValue, once: { session: string; request: number } | null = null) =>
    executor.runMutation({ path, args, identity: null, internal: true }, once);
  const query = async (path: string, args: JSONValue): Promise<JSONValue> => {
    const run = await executor.runQuery({ path, args, identity: null, internal: true }, opened.store.head, null);
    if (!run.outcome.ok) throw run.outcome.error;
    return JSON.parse(run.outcome.json) as JSONValue;
  };
  return { engine, executor, metrics, mutate, query, close: opened.close, log: opened.log };
}

export type Runtime = Awaited<ReturnType<typeof openRuntime>>;
