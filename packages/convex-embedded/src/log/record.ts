import { crc32 } from 'node:zlib';

/**
 * Records of the log and of snapshots: length and CRC-32 of the payload, four bytes each, little
 * endian, then the payload, which is JSON in UTF-8.
 */
const HEAD = 8;
/** No record is longer than this; a length above it is damage. */
const MAX_RECORD = 256 << 20;

/** One framed record. */
export function frameRecord(json: string): Buffer {
  const length = Buffer.byteLength(json);
  const frame = Buffer.allocUnsafe(HEAD + length);
  frame.write(json, HEAD);
  frame.writeUInt32LE(length, 0);
  frame.writeUInt32LE(checksum(frame.subarray(HEAD), length), 4);
  return frame;
}

/** The length goes into the sum, so that a run of zeros is not a record. */
function checksum(payload: Uint8Array, length: number): number {
  return crc32(payload, length ^ 0x5bd1e995);
}

/** The records of a file up to the first that is not whole. */
export class RecordReader {
  /** End of the last good record. */
  position = 0;
  private readonly bytes: Buffer;

  constructor(bytes: Uint8Array) {
    this.bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  /** The next record's payload, or null at the end or at the first bad record. */
  next(): string | null {
    const { bytes, position } = this;
    if (position + HEAD > bytes.length) return null;
    const length = bytes.readUInt32LE(position);
    const end = position + HEAD + length;
    if (length > MAX_RECORD || end > bytes.length) return null;
    const payload = bytes.subarray(position + HEAD, end);
    if (checksum(payload, length) !== bytes.readUInt32LE(position + 4)) return null;
    this.position = end;
    return payload.toString('utf8');
  }

  /** True if every byte belongs to a good record. */
  get atEnd(): boolean {
    return this.position === this.bytes.length;
  }
}

/** A place in the log: everything before it is safe. */
export interface Mark {
  readonly log: number;
  readonly length: number;
}

/** Size of one of the two alternating slots of the mark's file. */
const SLOT = 20;

/** The bytes of a mark and where they go; `turn` alternates so that a torn write spares the last one. */
export function encodeMark(mark: Mark, turn: number): { bytes: Buffer; position: number } {
  const bytes = Buffer.alloc(SLOT);
  bytes.writeUInt32LE(mark.log, 0);
  bytes.writeBigUInt64LE(BigInt(mark.length), 4);
  bytes.writeUInt32LE(0x4d41524b, 12);
  bytes.writeUInt32LE(crc32(bytes.subarray(0, 16)), 16);
  return { bytes, position: (turn & 1) * SLOT };
}

/** The newest mark in a file. */
export function decodeMark(content: Uint8Array | null): Mark {
  let best: Mark = { log: 0, length: 0 };
  const bytes = Buffer.from(content ?? []);
  for (let at = 0; at + SLOT <= bytes.length; at += SLOT) {
    const slot = bytes.subarray(at, at + SLOT);
    if (crc32(slot.subarray(0, 16)) !== slot.readUInt32LE(16)) continue;
    const mark = { log: slot.readUInt32LE(0), length: Number(slot.readBigUInt64LE(4)) };
    if (mark.log > best.log || (mark.log === best.log && mark.length > best.length)) best = mark;
  }
  return best;
}
