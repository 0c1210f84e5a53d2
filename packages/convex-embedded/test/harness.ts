import { fileURLToPath } from 'node:url';
import type { JSONValue } from 'convex/values';
import { afterEach } from 'vitest';
import { Engine } from '../src/engine.ts';
import type { Logger } from '../src/errors.ts';
import { Executor } from '../src/functions/executor.ts';
import { type LoadedModules, loadFolder } from '../src/functions/loader.ts';
import { Registry, schemaOf } from '../src/functions/registry.ts';
import { Syscalls } from '../src/functions/syscalls.ts';
import { type RunningServer, type ServerOptions, startServer } from '../src/index.ts';
import { Metrics } from '../src/metrics.ts';
import { openStore, type StorageOptions } from '../src/open-store.ts';

export const FUNCTIONS = fileURLToPath(new URL('./convex', import.meta.url));
export const silent: Logger = () => undefined;

const cleanUps: (() => Promise<void> | void)[] = [];

/** Runs when the test is over, last registered first. */
export function onEnd(cleanUp: () => Promise<void> | void): void {
  cleanUps.push(cleanUp);
}

afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
});

/** A server of the fixture functions on a free port, closed when the test ends. */
export async function serve(options: Partial<ServerOptions> = {}): Promise<RunningServer> {
  const server = await startServer({ dir: FUNCTIONS, logger: silent, ...options });
  onEnd(() => server.close());
  return server;
}

/** Resolves when the condition holds; it is looked at whenever the event loop turns. */
export async function until(condition: () => boolean, ms = 10_000): Promise<void> {
  const end = Date.now() + ms;
  while (!condition()) {
    if (Date.now() > end) throw new Error('The condition never became true.');
    await new Promise((resolve) => setImmediate(resolve));
  }
}

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
