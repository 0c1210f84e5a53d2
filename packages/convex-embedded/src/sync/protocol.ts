import type { JSONValue } from 'convex/values';

/** Messages of the sync protocol as `convex` 1.48 clients send them. */
export type ClientMessage =
  | {
      type: 'Connect';
      sessionId: string;
      connectionCount: number;
      lastCloseReason: string | null;
      maxObservedTimestamp?: string;
      clientTs: number;
    }
  | { type: 'Authenticate'; tokenType: 'User' | 'Admin' | 'None'; value?: string; baseVersion: number }
  | {
      type: 'ModifyQuerySet';
      baseVersion: number;
      newVersion: number;
      modifications: (
        | {
            type: 'Add';
            queryId: number;
            udfPath: string;
            args: JSONValue[];
            journal?: string | null;
            componentPath?: string;
          }
        | { type: 'Remove'; queryId: number }
      )[];
    }
  | { type: 'Mutation' | 'Action'; requestId: number; udfPath: string; args: JSONValue[]; componentPath?: string }
  | { type: 'Event'; eventType: string; event: JSONValue };

/** A timestamp as the protocol writes it: eight bytes, little endian, base 64. */
export function encodeTs(ts: bigint): string {
  // A flush writes the same one for every connection.
  if (ts === lastTs) return lastTsText;
  const bytes = Buffer.allocUnsafe(8);
  bytes.writeBigUInt64LE(ts);
  lastTs = ts;
  lastTsText = bytes.toString('base64');
  return lastTsText;
}

let lastTs = -1n;
let lastTsText = '';

/** The reverse of `encodeTs`; throws on anything else. */
export function decodeTs(text: string): bigint {
  const bytes = Buffer.from(text, 'base64');
  if (bytes.length !== 8) throw new Error('A timestamp must have eight bytes.');
  return bytes.readBigUInt64LE(0);
}

/** Which query set, identity and timestamp a client has. */
export interface StateVersion {
  readonly querySet: number;
  readonly identity: number;
  readonly ts: bigint;
}

/** JSON text of a version. */
export function versionJson(version: StateVersion): string {
  return `{"querySet":${version.querySet},"identity":${version.identity},"ts":"${encodeTs(version.ts)}"}`;
}

/** Above this many characters a transition is sent in parts, as clients expect it. */
const CHUNK = 5_000_000;

/** The frames of a message: one, or `TransitionChunk`s. */
export function chunkTransition(message: string, id: string): string[] {
  if (message.length <= CHUNK) return [message];
  const parts: string[] = [];
  for (let at = 0; at < message.length; ) {
    let end = Math.min(at + CHUNK, message.length);
    const last = message.charCodeAt(end - 1);
    // Both halves of a surrogate pair go into the same frame.
    if (end < message.length && last >= 0xd800 && last < 0xdc00) end--;
    parts.push(message.slice(at, end));
    at = end;
  }
  return parts.map((chunk, partNumber) =>
    JSON.stringify({ type: 'TransitionChunk', chunk, partNumber, totalParts: parts.length, transitionId: id }),
  );
}
