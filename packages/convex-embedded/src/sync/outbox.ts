import type { WebSocket } from 'ws';
import type { Metrics } from '../metrics.ts';

/** Above this many buffered bytes transitions wait. */
const HIGH_WATER = 1 << 20;
/** Below this they go on. */
const LOW_WATER = 1 << 18;
/** A client that lets this much pile up, or stays above the mark this long, is cut off. */
const LIMIT = 64 << 20;
const PATIENCE_MS = 60_000;

/** Sends to one socket and knows when its reader does not keep up. */
export class Outbox {
  /** Time of the last message in either direction to the client, in milliseconds. */
  lastSent = Date.now();
  congested = false;
  private congestedSince = 0;
  private readonly socket: WebSocket;
  private readonly metrics: Metrics;
  private readonly onDrain: () => void;

  constructor(socket: WebSocket, metrics: Metrics, onDrain: () => void) {
    this.socket = socket;
    this.metrics = metrics;
    this.onDrain = onDrain;
  }

  /** Sends one text frame. */
  send(frame: string | Buffer): void {
    const { socket } = this;
    if (socket.readyState !== socket.OPEN) return;
    this.lastSent = Date.now();
    this.metrics.bytesSent += frame.length;
    if (socket.bufferedAmount < HIGH_WATER) {
      socket.send(frame, { binary: false });
      return;
    }
    if (socket.bufferedAmount > LIMIT) {
      socket.terminate();
      return;
    }
    if (!this.congested) {
      this.congested = true;
      this.congestedSince = Date.now();
      this.metrics.slowSockets++;
    }
    socket.send(frame, { binary: false }, () => this.drained());
  }

  private drained(): void {
    if (!this.congested || this.socket.bufferedAmount > LOW_WATER) return;
    this.congested = false;
    this.onDrain();
  }

  /** Cuts off a reader that has been behind for too long; called every few seconds. */
  checkPatience(now: number): void {
    if (this.congested && now - this.congestedSince > PATIENCE_MS) this.socket.terminate();
  }

  /** Closes the socket after what has been sent. */
  close(code: number, reason: string): void {
    this.socket.close(code, reason);
  }

  /** Closes it now. */
  terminate(): void {
    this.socket.terminate();
  }
}
