import type { Decision } from '@patchline/contracts/decision';
import type { MediaItem } from '@patchline/contracts/media';
import type { Direction, MessageStatus } from '@patchline/contracts/message-status';
import type { PolicyFacts } from '@patchline/domain/contact-policy';
import { RESUME_WITHIN_MS } from '@patchline/domain/conversation';
import { segmentsOf } from '@patchline/domain/segments';
import { v7 as uuidv7 } from 'uuid';
import type { TenantTransaction } from '../platform/database/doors.ts';
import type { FeedEntry } from '../platform/hot/hot-gateway.ts';
import { messageEntry, projectMessage, projectThread, threadEntry } from '../platform/hot/project.ts';
import { preview } from './preview.ts';

export interface NewMessage {
  id: string;
  direction: Direction;
  status: MessageStatus;
  our: string;
  their: string;
  body: string;
  media: readonly MediaItem[];
  lane: PolicyFacts['lane'];
  accountId: string;
  carrierMessageId: string | null;
  author: { id: string; name: string } | null;
  decision: Decision | null;
  /** The sender's lock token; null for those who need none. */
  lockToken: number | null;
  at: Date;
}

export type Placed =
  | {
      outcome: 'placed';
      threadId: string;
      conversationId: string;
      contactId: string;
      seq: number;
      entries: FeedEntry[];
    }
  | { outcome: 'duplicate'; messageId: string }
  | { outcome: 'lock_lost' };

interface PlacedRow {
  outcome: 'placed' | 'duplicate' | 'lock_lost';
  message_id: string;
  thread_id: string;
  conversation_id: string;
  contact_id: string;
  contact_name: string | null;
  seq: number;
  thread_version: number;
  fence: number;
  unread: number;
  conversation_status: 'open' | 'closed';
  team_id: string | null;
  sms_off: boolean;
}

/**
 * Gives a message its place (see place_message() in migration 0002) and says what the hot tier must hear of it.
 * The thread's row stays locked until the transaction ends: the order of a thread is the order of these calls.
 */
export async function placeMessage(tx: TenantTransaction, message: NewMessage): Promise<Placed> {
  const text = preview(message.body, message.media);
  const row = await tx.first<PlacedRow>(
    // Its team is looked up after the thread's row was locked: see migration 0022.
    'select p.*, team_of_number($7) as team_id from place_message($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12,$13,$14,$15,$16,$17,$18,$19,$20,$21) p',
    [
      message.id,
      uuidv7(),
      uuidv7(),
      uuidv7(),
      message.direction,
      message.status,
      message.our,
      message.their,
      message.body,
      text,
      // With pictures it is one MMS, however long its words.
      message.media.length > 0 ? 1 : segmentsOf(message.body).segments,
      message.lane,
      message.accountId,
      message.carrierMessageId,
      message.author?.id ?? null,
      message.author?.name ?? null,
      message.decision === null ? null : JSON.stringify(message.decision),
      message.lockToken,
      new Date(message.at.getTime() - RESUME_WITHIN_MS),
      message.at,
      JSON.stringify(message.media),
    ],
  );
  if (row === null) throw new Error('place_message gave no row');
  if (row.outcome === 'duplicate') return { outcome: 'duplicate', messageId: row.message_id };
  if (row.outcome === 'lock_lost') return { outcome: 'lock_lost' };
  const thread = projectThread(tx.tenantId, {
    thread_id: row.thread_id,
    conversation_id: row.conversation_id,
    version: row.thread_version,
    fence: row.fence,
    last_seq: row.seq,
    contact_id: row.contact_id,
    contact_name: row.contact_name,
    their_address: message.their,
    our_address: message.our,
    team_id: row.team_id,
    unread: row.unread,
    conversation_status: row.conversation_status,
    sms_off: row.sms_off,
    last_message_id: message.id,
    last_message_snippet: text,
    last_message_direction: message.direction,
    last_message_status: message.status,
    last_message_at: message.at,
    changed_at: new Date(),
  });
  const stored = projectMessage(tx.tenantId, {
    id: message.id,
    thread_id: row.thread_id,
    seq: row.seq,
    version: 1,
    direction: message.direction,
    body: message.body,
    status: message.status,
    at: message.at,
    author_id: message.author?.id ?? null,
    author_name: message.author?.name ?? null,
    error_code: null,
    error_message: null,
    decision: message.decision,
    media: [...message.media],
  });
  return {
    outcome: 'placed',
    threadId: row.thread_id,
    conversationId: row.conversation_id,
    contactId: row.contact_id,
    seq: row.seq,
    entries: [threadEntry(thread), messageEntry(stored)],
  };
}
