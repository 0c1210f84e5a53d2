#!/usr/bin/env node
import { parseArgs } from 'node:util';
import { wholeNumber } from './arguments.ts';
import { createEmulator } from './emulator.ts';
import { trafficCommand } from './traffic/command.ts';

const USAGE = `carrier-emulator: Twilio and Telnyx messaging on this machine

  --host HOST         address to listen on (127.0.0.1)
  --port PORT         port to listen on (3100)
  --data DIR          folder for the store (without it, everything is forgotten at the end)
  --public-url URL    address apps reach it by, when it is not http://HOST:PORT
  --seed N            seed of everything that varies (1)
  --exit-with-stdin   end when standard input ends, so that it dies with the program that started it
  --help

carrier-emulator traffic --help: pretend people who text one of the numbers
`;

async function main(): Promise<void> {
  if (process.argv[2] === 'traffic') {
    process.stdout.write(await trafficCommand(process.argv.slice(3)));
    return;
  }
  const { values } = parseArgs({
    options: {
      host: { type: 'string', default: '127.0.0.1' },
      port: { type: 'string', default: '3100' },
      data: { type: 'string' },
      'public-url': { type: 'string' },
      seed: { type: 'string', default: '1' },
      'exit-with-stdin': { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    process.stdout.write(USAGE);
    return;
  }
  const emulator = await createEmulator({
    host: values.host,
    port: wholeNumber('--port', values.port, 65_535),
    dataDir: values.data,
    publicUrl: values['public-url'],
    seed: wholeNumber('--seed', values.seed, 0xffffffff),
  });
  const stop = () => {
    emulator.close().then(
      () => process.exit(0),
      (error) => fail(error),
    );
  };
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
  if (values['exit-with-stdin']) {
    process.stdin.on('end', stop);
    process.stdin.on('error', stop);
    process.stdin.resume();
  }
  process.stdout.write(`carrier-emulator listening on ${emulator.url}\nhandsets: ${emulator.url}/handset\n`);
}

function fail(error: unknown): never {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  const message = error instanceof Error ? error.message : String(error);
  const hint =
    code === 'EADDRINUSE' ? `${message}\nAnother program has this port: choose another with --port.` : message;
  process.stderr.write(`carrier-emulator: ${hint}\n`);
  process.exit(1);
}

main().catch(fail);
