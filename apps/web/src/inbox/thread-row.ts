import type { Direction, MessageStatus } from '@patchline/contracts/message-status';
import type { Conversation } from '../api/types.ts';
import type { LiveThread } from '../live/functions.ts';

/** A conversation as the list shows it, from either source. */
export interface ThreadRow {
  conversationId: string;
  threadId: string;
  version: number;
  contact: { id: string; name: string | null; address: string };
  number: string;
  channel: 'sms';
  lastMessage: { id: string; body: string; direction: Direction; status: MessageStatus; at: number } | null;
  unread: number;
  status: 'open' | 'closed';
  /** Whether the person asked not to be texted. */
  smsOff: boolean;
  /** Unix milliseconds of what the list is ordered by. */
  at: number;
}

export function fromArchive(item: Conversation): ThreadRow {
  const at = item.lastMessage ? Date.parse(item.lastMessage.at) : 0;
  return {
    conversationId: item.id,
    threadId: item.threadId,
    version: item.version,
    contact: item.contact,
    number: item.number,
    channel: item.channel,
    lastMessage: item.lastMessage ? { ...item.lastMessage, at } : null,
    unread: item.unread,
    status: item.status,
    smsOff: item.smsOff,
    at,
  };
}

export function fromLive(row: LiveThread): ThreadRow {
  return {
    conversationId: row.conversationId,
    threadId: row.threadId,
    version: row.version,
    contact: row.contact,
    number: row.number,
    channel: row.channel,
    lastMessage: row.lastMessage,
    unread: row.unread,
    status: row.status,
    smsOff: row.smsOff,
    at: row.lastMessage?.at ?? 0,
  };
}
