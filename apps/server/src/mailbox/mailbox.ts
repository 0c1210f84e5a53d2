import type { EventEmitter } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { SMTPServer } from 'smtp-server';
import { openLetters } from './letters.ts';
import { letterPage, listPage, missingPage, PAGE_HEADERS } from './page.ts';

/** Nobody else's machine reads these letters: they carry links that let people in. */
const LOOPBACK = '127.0.0.1';

const LARGEST_LETTER_BYTES = 1_000_000;

export interface Mailbox {
  /** Of the page. */
  url: string;
  smtpUrl: string;
  close(): Promise<void>;
}

/** A mail server that keeps what it takes and sends nothing on, and a page that shows it. */
export async function createMailbox(options: { folder: string; port: number; smtpPort: number }): Promise<Mailbox> {
  const letters = await openLetters(options.folder);
  const smtp = new SMTPServer({
    authOptional: true,
    disabledCommands: ['AUTH', 'STARTTLS'],
    disableReverseLookup: true,
    size: LARGEST_LETTER_BYTES,
    logger: false,
    onData(stream, _session, done) {
      const chunks: Buffer[] = [];
      let bytes = 0;
      stream.on('data', (chunk: Buffer) => {
        bytes += chunk.length;
        // The rest is read and dropped: the sender hears why only after its last byte.
        if (bytes <= LARGEST_LETTER_BYTES) chunks.push(chunk);
      });
      stream.on('end', () => {
        if (bytes > LARGEST_LETTER_BYTES) done(Object.assign(new Error('Too large'), { responseCode: 552 }));
        else {
          letters.keep(Buffer.concat(chunks)).then(
            () => done(),
            (error: Error) => done(error),
          );
        }
      });
    },
  });
  smtp.on('error', (error: Error) => process.stderr.write(`mailbox: ${error.message}\n`));
  const web = createServer((request, response) => {
    const answer = (status: number, body: string): void => {
      response.writeHead(status, PAGE_HEADERS).end(body);
    };
    const { port } = web.address() as AddressInfo;
    // Another site may have made its name point at this machine: then the browser says that name here.
    if (![`${LOOPBACK}:${port}`, `localhost:${port}`].includes(request.headers.host ?? '')) {
      return answer(403, missingPage());
    }
    if (request.method !== 'GET') return answer(405, missingPage());
    const show = async (): Promise<void> => {
      if (request.url === '/') return answer(200, listPage(await letters.list()));
      const letter = await letters.read(/^\/letters\/([\w-]+)$/.exec(request.url ?? '')?.[1] ?? '');
      return letter === null ? answer(404, missingPage()) : answer(200, letterPage(letter));
    };
    show().catch((error: Error) => {
      process.stderr.write(`mailbox: ${error.message}\n`);
      answer(500, missingPage());
    });
  });
  const smtpServer = smtp.server;
  await Promise.all([
    listening(smtpServer, () => smtp.listen(options.smtpPort, LOOPBACK)),
    listening(web, () => web.listen(options.port, LOOPBACK)),
  ]);
  return {
    url: `http://${LOOPBACK}:${(web.address() as AddressInfo).port}/`,
    smtpUrl: `smtp://${LOOPBACK}:${(smtpServer.address() as AddressInfo).port}`,
    async close() {
      web.closeAllConnections();
      await Promise.all([
        new Promise<void>((resolve) => web.close(() => resolve())),
        new Promise<void>((resolve) => smtp.close(() => resolve())),
      ]);
    },
  };
}

function listening(server: EventEmitter, listen: () => void): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('listening', resolve);
    server.once('error', reject);
    listen();
  });
}
