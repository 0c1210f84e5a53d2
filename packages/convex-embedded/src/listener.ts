import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { StartError } from './errors.ts';

/** A port that is open already, for what is about to answer on it. */
export interface Listener {
  readonly server: Server;
  readonly port: number;
  /** What clients are given: `http://host:port`. */
  readonly url: string;
  /** From here on requests go to the handler; until then they are told to come again. */
  answerWith(handler: RequestListener): void;
}

/**
 * Opens the port. This comes first of all when a server starts, because functions may ask for their own address while they
 * load. Throws `StartError`.
 */
export async function listen(host: string, port: number): Promise<Listener> {
  let handle: RequestListener = (_request, response) => {
    response.writeHead(503, { 'content-type': 'application/json', 'retry-after': '1' });
    response.end('{"code":"Starting","message":"The server is starting."}');
  };
  const server = createServer((request, response) => handle(request, response));
  server.keepAliveTimeout = 65_000;
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error) => reject(new StartError(`Cannot listen on ${host}:${port}: ${error.message}`)));
    server.listen(port, host, resolve);
  });
  const taken = (server.address() as AddressInfo).port;
  const name = host === '0.0.0.0' ? '127.0.0.1' : host.includes(':') ? `[${host}]` : host;
  return {
    server,
    port: taken,
    url: `http://${name}:${taken}`,
    answerWith: (handler) => {
      handle = handler;
    },
  };
}
