#!/usr/bin/env node
import { readFileSync } from 'node:fs';
import { parseArgs, parseEnv } from 'node:util';
import { type Logger, StartError } from './errors.ts';
import { startServer } from './server.ts';

const USAGE = `convex-embedded: runs a convex/ folder on this machine.

  --dir DIR           the functions (default: convex)
  --data DIR          where data is kept (default: in memory only)
  --port N            default 3210; 0 for a free one
  --host HOST         default 127.0.0.1
  --env-file FILE     deployment variables, KEY=VALUE lines as in other .env files
  --origin ORIGIN     a web origin that may connect; may be repeated; * for all
                      (default: pages of this machine)
  --sync full|off     full: a commit is on the disk before it is acknowledged (default)
                      off: a crash of the machine may lose the last moments
  --salvage           start even if the log is damaged, with what comes before the damage
  --dev               full error texts to clients, and an inspector at /inspector
  --exit-with-stdin   stop when standard input ends
  --quiet             only warnings and errors on standard error
`;

const OPTIONS = {
  dir: { type: 'string', default: 'convex' },
  data: { type: 'string' },
  port: { type: 'string', default: '3210' },
  host: { type: 'string', default: '127.0.0.1' },
  'env-file': { type: 'string' },
  origin: { type: 'string', multiple: true },
  sync: { type: 'string', default: 'full' },
  salvage: { type: 'boolean', default: false },
  dev: { type: 'boolean', default: false },
  'exit-with-stdin': { type: 'boolean', default: false },
  quiet: { type: 'boolean', default: false },
  help: { type: 'boolean', default: false },
} as const;

function options() {
  try {
    return parseArgs({ options: OPTIONS }).values;
  } catch (error) {
    throw new StartError(`${(error as Error).message}\nSee convex-embedded --help.`);
  }
}

/** The variables in a file. Throws `StartError`. */
function variables(file: string | undefined): Record<string, string> {
  if (file === undefined) return {};
  try {
    return parseEnv(readFileSync(file, 'utf8')) as Record<string, string>;
  } catch (error) {
    throw new StartError(`--env-file ${file} cannot be read: ${(error as Error).message}`);
  }
}

async function main(): Promise<void> {
  const values = options();
  if (values.help) {
    process.stdout.write(USAGE);
    return;
  }
  const port = Number(values.port);
  if (!Number.isInteger(port) || port < 0 || port > 65535) throw new StartError(`--port ${values.port} is not a port.`);
  if (values.sync !== 'full' && values.sync !== 'off') throw new StartError('--sync must be full or off.');
  const logger: Logger = (level, message, fields) => {
    if (level === 'debug' || (values.quiet && level === 'info')) return;
    process.stderr.write(`${JSON.stringify({ level, time: new Date().toISOString(), message, ...fields })}\n`);
  };
  const server = await startServer({
    dir: values.dir,
    dataDir: values.data ?? null,
    port,
    host: values.host,
    env: variables(values['env-file']),
    ...(values.origin ? { origins: values.origin } : {}),
    sync: values.sync,
    salvage: values.salvage,
    dev: values.dev,
    logger,
  });
  process.stdout.write(`convex-embedded is ready on ${server.url}\n`);
  const stop = () => {
    server.close().then(
      () => process.exit(0),
      (error: Error) => {
        process.stderr.write(`${error.message}\n`);
        process.exit(1);
      },
    );
  };
  void server.failed.then((error) => {
    logger('error', 'the log failed', { error: error.message });
    process.exit(1);
  });
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
  if (values['exit-with-stdin']) {
    process.stdin.on('end', stop);
    process.stdin.on('close', stop);
    process.stdin.resume();
  }
}

main().catch((error: Error) => {
  process.stderr.write(error instanceof StartError ? `${error.message}\n` : `${error.stack}\n`);
  process.exit(1);
});
