import type { Decision } from './decision.ts';
import type { MediaItem } from './media.ts';
import type { Direction, MessageStatus } from './message-status.ts';

/** A thread as the inbox shows it: the hot tier's picture of PostgreSQL's thread, conversation and contact. */
export interface HotThread {
  tenantId: string;
  threadId: string;
  conversationId: string;
  /** Raised under the thread's row lock by each change; the hot tier applies only newer ones. */
  version: number;
  /** The lowest lock token that may still send; see sms_thread_locks. */
  fence: number;
  lastSeq: number;
  contact: { id: string; name: string | null; address: string };
  /** Our number, E.164. */
  number: string;
  /** The team that the number belongs to, and who alone sees the thread; null: everybody does. Left out in rows of before there were teams. */
  teamId?: string | null | undefined;
  channel: 'sms';
  lastMessage: HotLastMessage | null;
  /** Inbound messages nobody of the team has read or answered. */
  unread: number;
  status: 'open' | 'closed';
  /** The person asked not to be texted. */
  smsOff: boolean;
  /** Unix milliseconds. */
  updatedAt: number;
}

export interface HotLastMessage {
  id: string;
  /** Cut to 160 characters. */
  body: string;
  direction: Direction;
  status: MessageStatus;
  /** Unix milliseconds. */
  at: number;
}

/** A message of an open thread. */
export interface HotMessage {
  tenantId: string;
  threadId: string;
  messageId: string;
  /** The place in its thread: 1, 2, 3 … without gaps. */
  seq: number;
  version: number;
  direction: Direction;
  body: string;
  status: MessageStatus;
  /** Unix milliseconds. */
  at: number;
  author: { id: string; name: string } | null;
  error: { code: string; message: string } | null;
  decision: Decision | null;
  /** Left out when there is none. */
  media?: MediaItem[];
}
