import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';
import { requestFrom } from '../http.ts';
import { MAX_ARGS_BYTES } from '../limits.ts';
import { Connection, type SyncServices } from './connection.ts';

const PING_AFTER_MS = 15_000;
const SWEEP_MS = 1000;
const PATH = /^\/api\/(?:[^/]+\/)?sync$/;

/** Accepts WebSockets of clients and looks after them. */
export class SyncServer {
  private readonly services: SyncServices;
  private readonly connections = new Set<Connection>();
  private readonly sockets = new WebSocketServer({
    noServer: true,
    perMessageDeflate: false,
    maxPayload: MAX_ARGS_BYTES + (1 << 20),
  });
  private readonly sweep: NodeJS.Timeout;
  private readonly maxConnections: number;

  constructor(
    services: SyncServices,
    server: Server,
    allowsOrigin: (origin: string | undefined) => boolean,
    maxConnections: number,
  ) {
    this.services = services;
    this.maxConnections = maxConnections;
    server.on('upgrade', (request, socket, head) => this.upgrade(request, socket, head, allowsOrigin));
    this.sweep = setInterval(() => this.look(), SWEEP_MS);
    this.sweep.unref();
  }

  private upgrade(
    request: IncomingMessage,
    socket: Duplex,
    head: Buffer,
    allowsOrigin: (origin: string | undefined) => boolean,
  ): void {
    const { metrics } = this.services.engine;
    const refuse = (status: string) => {
      metrics.socketsRefused++;
      socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
    };
    if (!PATH.test((request.url ?? '').split('?')[0] as string)) {
      refuse('404 Not Found');
      return;
    }
    if (!allowsOrigin(request.headers.origin)) {
      refuse('403 Forbidden');
      return;
    }
    if (this.connections.size >= this.maxConnections) {
      refuse('503 Service Unavailable');
      return;
    }
    this.sockets.handleUpgrade(request, socket, head, (ws) => {
      (socket as { setNoDelay?: (on: boolean) => void }).setNoDelay?.(true);
      const connection = new Connection(this.services, ws, socket, requestFrom(request));
      this.connections.add(connection);
      metrics.socketsOpened++;
      metrics.socketsOpen = this.connections.size;
      connection.onClose = () => {
        this.connections.delete(connection);
        metrics.socketsOpen = this.connections.size;
      };
    });
  }

  private look(): void {
    const now = Date.now();
    for (const connection of this.connections) {
      if (connection.expireIfDue()) continue;
      connection.outbox.checkPatience(now);
      if (now - connection.outbox.lastSent > PING_AFTER_MS) connection.outbox.send('{"type":"Ping"}');
    }
  }

  /** Closes all connections; clients come back when there is a server again. */
  close(): void {
    clearInterval(this.sweep);
    for (const connection of [...this.connections]) {
      connection.end(1001, 'InternalServerError: the server is stopping');
    }
    const terminate = () => {
      for (const client of this.sockets.clients) client.terminate();
    };
    setTimeout(terminate, 200).unref();
    this.sockets.close();
  }
}
