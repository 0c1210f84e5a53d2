import type { Metrics } from '../metrics.ts';

/** Above this many buffered bytes transitions wait. */
const HIGH_WATER = 1 << 20;
/** Below this they go on. */
const LOW_WATER = 1 << 18;
/** A client that lets this much pile up, or stays above the mark this long, is cut off. */
const LIMIT = 64 << 20;
const PATIENCE_MS = 60_000;

/** The part of a connection's stream that is written to. */
export interface ByteStream {
  readonly writableLength: number;
  write(bytes: Uint8Array, written?: () => void): unknown;
}

/** The part of a WebSocket that is used for anything but messages. */
export interface Closable {
  readonly readyState: number;
  readonly OPEN: number;
  close(code: number, reason: string): void;
  terminate(): void;
}

/**
 * Sends to one socket and knows when its reader does not keep up. Frames of a server are not
 * masked and compression is off, so one frame's bytes go to every subscriber, and they are written
 * to the stream below the socket: all that came together in one write.
 */
export class Outbox {
  /** Time of the last message to the client, in milliseconds. */
  lastSent = Date.now();
  congested = false;
  private congestedSince = 0;
  private readonly socket: Closable;
  private readonly stream: ByteStream;
  private readonly metrics: Metrics;
  private readonly onDrain: () => void;
  private queue: Buffer[] = [];
  private queuedBytes = 0;

  /** `stream` is the connection below the socket; `onDrain` is called when a slow reader has caught up. */
  constructor(socket: Closable, stream: ByteStream, metrics: Metrics, onDrain: () => void) {
    this.socket = socket;
    this.stream = stream;
    this.metrics = metrics;
    this.onDrain = onDrain;
  }

  /** Sends one text message, together with whatever else is sent before the current task ends. */
  send(text: string): void {
    if (this.add(textFrame(text)) && this.queue.length === 1) process.nextTick(() => this.flush());
  }

  /** Sends a frame made by `textFrame`, and all that waits, now. */
  sendFrame(frame: Buffer): void {
    if (this.add(frame)) this.flush();
  }

  private add(frame: Buffer): boolean {
    const { socket } = this;
    if (socket.readyState !== socket.OPEN) return false;
    const unread = this.stream.writableLength + this.queuedBytes;
    if (unread > LIMIT) {
      this.queue = [];
      socket.terminate();
      return false;
    }
    if (unread >= HIGH_WATER && !this.congested) {
      this.congested = true;
      this.congestedSince = Date.now();
      this.metrics.slowSockets++;
    }
    this.lastSent = Date.now();
    this.metrics.bytesSent += frame.length;
    this.queue.push(frame);
    this.queuedBytes += frame.length;
    return true;
  }

  private flush(): void {
    const { queue, socket } = this;
    if (queue.length === 0) return;
    this.queue = [];
    this.queuedBytes = 0;
    if (socket.readyState !== socket.OPEN) return;
    const bytes = queue.length === 1 ? (queue[0] as Buffer) : Buffer.concat(queue);
    if (this.congested) this.stream.write(bytes, () => this.drained());
    else this.stream.write(bytes);
  }

  private drained(): void {
    if (!this.congested || this.stream.writableLength > LOW_WATER) return;
    this.congested = false;
    this.onDrain();
  }

  /** Cuts off a reader that has been behind for too long; called every few seconds. */
  checkPatience(now: number): void {
    if (this.congested && now - this.congestedSince > PATIENCE_MS) this.socket.terminate();
  }

  /** Closes the socket after what has been sent. */
  close(code: number, reason: string): void {
    this.flush();
    this.socket.close(code, reason);
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
