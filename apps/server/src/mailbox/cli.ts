/** The mailbox as a program: ends when its standard input does, so that it never outlives the supervisor. */
import { parseArgs } from 'node:util';
import { createMailbox } from './mailbox.ts';

const { values } = parseArgs({
  options: { port: { type: 'string' }, 'smtp-port': { type: 'string' }, data: { type: 'string' } },
});
const { port, 'smtp-port': smtpPort, data } = values;
if (port === undefined || smtpPort === undefined || data === undefined) {
  process.stderr.write('mailbox --port PORT --smtp-port PORT --data DIR\n');
  process.exit(1);
}
const mailbox = await createMailbox({ folder: data, port: Number(port), smtpPort: Number(smtpPort) });
const stop = () => void mailbox.close().then(() => process.exit(0));
process.once('SIGTERM', stop);
process.once('SIGINT', stop);
process.stdin.on('end', stop);
process.stdin.on('error', stop);
process.stdin.resume();
process.stdout.write(`mailbox: letters at ${mailbox.url}, SMTP at ${mailbox.smtpUrl}\n`);
