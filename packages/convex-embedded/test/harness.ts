import { afterEach } from 'vitest';
import { type RunningServer, type ServerOptions, startServer } from '../src/index.ts';
import { FUNCTIONS, silent } from './runtime.ts';

export { FUNCTIONS, openRuntime, silent, turn } from './runtime.ts';

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
