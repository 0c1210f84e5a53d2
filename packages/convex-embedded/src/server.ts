import { Authenticator, type AuthProvider } from './auth.ts';
import { Engine } from './engine.ts';
import { type Logger, StartError } from './errors.ts';
import { checkAppConfig, deploymentEnv } from './functions/app-config.ts';
import { Executor } from './functions/executor.ts';
import { type LoadedModules, loadFolder, type Modules } from './functions/loader.ts';
import { cronsOf, Registry, schemaOf } from './functions/registry.ts';
import type { SandboxOptions } from './functions/sandbox.ts';
import { Syscalls } from './functions/syscalls.ts';
import { HttpApi } from './http.ts';
import { operatorPages } from './inspector.ts';
import { type Listener, listen } from './listener.ts';
import { LiveQueries } from './live/live-queries.ts';
import { Metrics } from './metrics.ts';
import { openStore, type StorageOptions } from './open-store.ts';
import { originCheck } from './origins.ts';
import { checkCrons } from './scheduler/check-crons.ts';
import { Scheduler } from './scheduler/scheduler.ts';
import { SyncServer } from './sync/sync-server.ts';

/** Version reported at `/version`. */
const VERSION = '0.1.0';

/** Settings of a server. Give either `dir` or `modules`. */
export interface ServerOptions extends StorageOptions {
  /** The `convex/` folder. */
  dir?: string;
  /**
   * Modules of a `convex/` folder, imported by the caller: module path to exports, such as
   * `{schema, crons, 'auth.config': …, messages}`. They run with the host's globals: no frozen
   * clock, and queries are keyed by the whole identity if they read any of it.
   */
  modules?: Modules;
  /** Default 127.0.0.1. */
  host?: string;
  /** Default 0: a free port. */
  port?: number;
  /** Deployment variables: `process.env` of functions and of `auth.config`. */
  env?: Record<string, string>;
  /** Web origins that may connect; `['*']` for all. Default: those of this machine. */
  origins?: string[];
  /** Tell clients the text of every error, and serve the inspector. Default false. */
  dev?: boolean;
  /** Default: warnings and errors as JSON lines on stderr. */
  logger?: Logger;
  /** Default 10,000. */
  maxConnections?: number;
}

/** A running server. */
export interface RunningServer {
  /** What clients are given: `http://host:port`. */
  readonly url: string;
  readonly port: number;
  readonly metrics: Metrics;
  /** Resolves with the error if the log cannot be written any more; the server should then be stopped. */
  readonly failed: Promise<Error>;
  /** Refuses new work, makes everything durable, closes all files and sockets. */
  close(): Promise<void>;
}

const defaultLogger: Logger = (level, message, fields) => {
  if (level === 'warn' || level === 'error') {
    process.stderr.write(`${JSON.stringify({ level, time: new Date().toISOString(), message, ...fields })}\n`);
  }
};

async function load(options: ServerOptions, sandbox: SandboxOptions): Promise<LoadedModules> {
  if (options.dir !== undefined) return loadFolder(options.dir, sandbox);
  if (!options.modules) throw new StartError('startServer needs `dir` or `modules`.');
  Object.defineProperty(globalThis, 'Convex', { value: sandbox.convex, configurable: true });
  return { deterministic: options.modules, free: options.modules, sandboxed: false };
}

/** Starts a server. Throws `StartError` with what to do if the folder or the data cannot be used. */
export async function startServer(options: ServerOptions): Promise<RunningServer> {
  const listener = await listen(options.host ?? '127.0.0.1', options.port ?? 0);
  try {
    return await startOn(listener, options);
  } catch (error) {
    const closed = new Promise((resolve) => listener.server.close(resolve));
    listener.server.closeAllConnections();
    await closed;
    throw error;
  }
}

async function startOn({ server, port, url, answerWith }: Listener, options: ServerOptions): Promise<RunningServer> {
  const log = options.logger ?? defaultLogger;
  const expose = options.dev === true;
  const metrics = new Metrics();
  const syscalls = new Syscalls(options.dir !== undefined);
  const env = deploymentEnv(options.env ?? {}, url);
  const modules = await load(options, {
    env,
    convex: syscalls,
    print: (level, text) => log(level === 'error' || level === 'warn' ? level : 'info', 'function printed', { text }),
  });
  checkAppConfig(modules.deterministic, env);
  const authConfig = modules.deterministic['auth.config']?.default as { providers: AuthProvider[] } | undefined;
  const auth = new Authenticator(authConfig?.providers ?? []);
  const opened = await openStore(schemaOf(modules.deterministic), options, metrics, log);
  const { store, requests } = opened;
  try {
    const engine = new Engine(store, requests, metrics, opened.log);
    const failed = new Promise<Error>((resolve) => {
      engine.onFailure = resolve;
    });
    const registry = new Registry(modules, store.catalog);
    const crons = cronsOf(modules.deterministic);
    checkCrons(crons, registry);
    const executor = new Executor(engine, registry);
    const lives = new LiveQueries(engine, executor, expose, log);
    const scheduler = new Scheduler(engine, executor, crons, log);
    const allowsOrigin = originCheck(options.origins);
    const pages = operatorPages(executor, lives, expose);
    const http = new HttpApi({ engine, executor, auth, expose, log, version: VERSION, allowsOrigin, extra: pages });
    const sync = new SyncServer(
      { engine, executor, lives, auth, expose, log },
      server,
      allowsOrigin,
      options.maxConnections ?? 10_000,
    );
    scheduler.start();
    answerWith((request, response) => void http.handle(request, response));
    log('info', 'listening', { url });
    let closing: Promise<void> | null = null;
    const shutDown = async () => {
      scheduler.stop();
      sync.close();
      server.closeIdleConnections();
      const closed = new Promise((resolve) => server.close(resolve));
      setTimeout(() => server.closeAllConnections(), 500).unref();
      await closed;
      await opened.close();
    };
    return {
      url,
      port,
      metrics,
      failed,
      close: () => {
        closing ??= shutDown();
        return closing;
      },
    };
  } catch (error) {
    await opened.close();
    throw error;
  }
}
