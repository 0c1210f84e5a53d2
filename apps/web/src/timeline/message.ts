import type { Decision } from '@patchline/contracts/decision';
import type { Direction, MessageStatus } from '@patchline/contracts/message-status';
import type { MediaItem, Message } from '../api/types.ts';
import type { LiveMessage } from '../live/functions.ts';

/** A text as the timeline shows it, from either source. */
export interface TimelineMessage {
  id: string;
  seq: number;
  /** Raised by every change of the text; of two tellings the higher is the newer. */
  version: number;
  direction: Direction;
  body: string;
  status: MessageStatus;
  /** Unix milliseconds. */
  at: number;
  author: { id: string; name: string } | null;
  error: { code: string; message: string } | null;
  decision: Decision | null;
  media: readonly MediaItem[];
}

export function fromArchive(message: Message): TimelineMessage {
  return {
    id: message.id,
    seq: message.seq,
    version: message.version,
    direction: message.direction,
    body: message.body,
    status: message.status,
    at: Date.parse(message.at),
    author: message.author ?? null,
    error: message.error ?? null,
    decision: message.decision ?? null,
    media: message.media ?? [],
  };
}

export function fromLive(message: LiveMessage): TimelineMessage {
  return {
    id: message.messageId,
    seq: message.seq,
    version: message.version,
    direction: message.direction,
    body: message.body,
    status: message.status,
    at: message.at,
    author: message.author ?? null,
    error: message.error ?? null,
    decision: message.decision ?? null,
    media: message.media ?? [],
  };
}
