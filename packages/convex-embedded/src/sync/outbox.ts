import type { Duplex } from 'node:stream';
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

  private readonly stream: Duplex;

  /** `stream` is the connection below the socket. */
  constructor(socket: WebSocket, stream: Duplex, metrics: Metrics, onDrain: () => void) {
    this.socket = socket;
    this.stream = stream;
    this.metrics = metrics;
    this.onDrain = onDrain;
  }

  /**
   * Sends a frame made by `textFrame`, in one write. Frames of a server are not masked and
   * compression is off, so the same bytes go to every subscriber.
   */
  sendFrame(frame: Buffer): void {
    const { socket } = this;
    if (socket.readyState !== socket.OPEN) return;
    if (socket.bufferedAmount < HIGH_WATER) {
      this.lastSent = Date.now();
      this.metrics.bytesSent += frame.length;
      this.stream.write(frame);
    } else {
      this.send(frame.subarray(headerLength(frame)));
    }
  }

  /** Sends one text message. */
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

/** A whole WebSocket text frame, header included (RFC 6455, section 5.2). */
export function textFrame(text: string): Buffer {
  const length = Buffer.byteLength(text);
  const head = length < 126 ? 2 : length < 65_536 ? 4 : 10;
  const frame = Buffer.allocUnsafe(head + length);
  frame[0] = 0x81;
  if (head === 2) {
    frame[1] = length;
  } else if (head === 4) {
    frame[1] = 126;
    frame.writeUInt16BE(length, 2);
  } else {
    frame[1] = 127;
    frame.writeBigUInt64BE(BigInt(length), 2);
  }
  frame.write(text, head);
  return frame;
}

function headerLength(frame: Buffer): number {
  return frame[1] === 126 ? 4 : frame[1] === 127 ? 10 : 2;
}
