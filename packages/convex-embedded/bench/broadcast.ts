import { closeSync, fdatasyncSync, openSync, writeSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { WebSocketServer } from 'ws';

/**
 * The floor for live queries: a server that sends the same bytes to every socket when it gets a
 * message, and does nothing else. With a file as second argument it first appends and syncs.
 */
const body = 'x'.repeat(Number(process.argv[2]));
const file = process.argv[3];
const fd = file === undefined ? null : openSync(file, 'a');
const server = new WebSocketServer({ host: '127.0.0.1', port: 0, perMessageDeflate: false });
server.on('connection', (socket) => {
  socket.on('message', () => {
    if (fd !== null) {
      writeSync(fd, body.slice(0, 400));
      fdatasyncSync(fd);
    }
    for (const client of server.clients) client.send(body);
  });
});
server.on('listening', () => process.stdout.write(`ws://127.0.0.1:${(server.address() as AddressInfo).port}\n`));
process.on('SIGTERM', () => {
  if (fd !== null) closeSync(fd);
  process.exit(0);
});
process.stdin.on('end', () => process.exit(0)).resume();
