import type { Decision } from '@patchline/contracts/decision';
import type { HotMessage, HotThread } from '@patchline/contracts/hot-rows';
import type { MediaItem } from '@patchline/contracts/media';
import type { Direction, MessageStatus } from '@patchline/contracts/message-status';
import type { FeedEntry } from './hot-gateway.ts';

/** What PostgreSQL knows of a thread as the inbox shows it: the columns of `hot_thread_facts`. */
export interface ThreadFacts {
  thread_id: string;
  conversation_id: string;
  version: number;
  fence: number;
  last_seq: number;
  contact_id: string;
  contact_name: string | null;
  their_address: string;
  our_address: string;
  team_id: string | null;
  unread: number;
  conversation_status: 'open' | 'closed';
  sms_off: boolean;
  last_message_id: string | null;
  last_message_snippet: string;
  last_message_direction: Direction | null;
  last_message_status: MessageStatus | null;
  last_message_at: Date;
  changed_at: Date;
}

/** What PostgreSQL knows of a message: the columns of `messages`. */
export interface MessageFacts {
  id: string;
  thread_id: string;
  seq: number;
  version: number;
  direction: Direction;
  body: string;
  status: MessageStatus;
  at: Date;
  author_id: string | null;
  author_name: string | null;
  error_code: string | null;
  error_message: string | null;
  decision: Decision | null;
  media: MediaItem[];
}

/** The hot tier's picture of a thread. */
export function projectThread(tenantId: string, facts: ThreadFacts): HotThread {
  return {
    tenantId,
    threadId: facts.thread_id,
    conversationId: facts.conversation_id,
    version: facts.version,
    fence: facts.fence,
    lastSeq: facts.last_seq,
    contact: { id: facts.contact_id, name: facts.contact_name, address: facts.their_address },
    number: facts.our_address,
    teamId: facts.team_id,
    channel: 'sms',
    lastMessage:
      facts.last_message_id === null || facts.last_message_direction === null || facts.last_message_status === null
        ? null
        : {
            id: facts.last_message_id,
            body: facts.last_message_snippet,
            direction: facts.last_message_direction,
            status: facts.last_message_status,
            at: facts.last_message_at.getTime(),
          },
    unread: facts.unread,
    status: facts.conversation_status,
    smsOff: facts.sms_off,
    updatedAt: facts.changed_at.getTime(),
  };
}

/** The hot tier's picture of a message. */
export function projectMessage(tenantId: string, facts: MessageFacts): HotMessage {
  return {
    tenantId,
    threadId: facts.thread_id,
    messageId: facts.id,
    seq: facts.seq,
    version: facts.version,
    direction: facts.direction,
    body: facts.body,
    status: facts.status,
    at: facts.at.getTime(),
    author: facts.author_id === null ? null : { id: facts.author_id, name: facts.author_name ?? '' },
    error: facts.error_code === null ? null : { code: facts.error_code, message: facts.error_message ?? '' },
    decision: facts.decision === null ? null : { outcome: facts.decision.outcome, reasons: facts.decision.reasons },
    ...(facts.media.length === 0 ? {} : { media: facts.media }),
  };
}

export function threadEntry(row: HotThread): FeedEntry {
  return { kind: 'thread', version: row.version, row };
}

export function messageEntry(row: HotMessage): FeedEntry {
  return { kind: 'message', version: row.version, row };
}
