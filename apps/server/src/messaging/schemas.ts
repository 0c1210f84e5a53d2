import { MESSAGE_STATUSES } from '@patchline/contracts/message-status';
import { z } from 'zod';
import type { ConversationRow } from './list-conversations.ts';
import type { StoredMessage } from './list-messages.ts';

const direction = z.enum(['inbound', 'outbound']);
const status = z.enum(MESSAGE_STATUSES);
const verdict = z.enum(['allow', 'hold', 'refuse']);

export const decisionSchema = z.object({
  outcome: verdict,
  reasons: z.array(z.object({ rule: z.string(), outcome: verdict, detail: z.string() })),
});

const mediaSchema = z.object({
  id: z.string(),
  contentType: z.string(),
  bytes: z.number().nullable(),
  name: z.string().nullable(),
  status: z.enum(['pending', 'stored', 'failed']).describe('`pending`: it is being fetched from the carrier.'),
});

export const conversationSchema = z.object({
  id: z.string(),
  threadId: z.string(),
  contact: z.object({ id: z.string(), name: z.string().nullable(), address: z.string() }),
  number: z.string().describe('Our number, E.164.'),
  channel: z.literal('sms'),
  lastMessage: z
    .object({ id: z.string(), body: z.string(), direction, at: z.string(), status })
    .nullable()
    .describe('Its text is cut to 160 characters.'),
  unread: z.number().describe('Inbound messages nobody of the team has read or answered.'),
  status: z.enum(['open', 'closed']),
  smsOff: z.boolean().describe('The person asked not to be texted.'),
  version: z.number().describe('Raised by every change; of two pictures the higher is the newer.'),
});

export const messageSchema = z.object({
  id: z.string(),
  seq: z.number().describe("The message's place in its thread: 1, 2, 3 … without gaps."),
  version: z.number(),
  direction,
  body: z.string(),
  status,
  carrierMessageId: z.string().nullable(),
  at: z.string(),
  author: z.object({ id: z.string(), name: z.string() }).nullable(),
  error: z.object({ code: z.string(), message: z.string() }).optional(),
  decision: decisionSchema.optional(),
  media: z.array(mediaSchema).describe('Pictures and files; GET /api/v1/media/{id} has the bytes.'),
});

export function toConversation(row: ConversationRow): z.infer<typeof conversationSchema> {
  return {
    id: row.id,
    threadId: row.thread_id,
    contact: { id: row.contact_id, name: row.contact_name, address: row.their_address },
    number: row.our_address,
    channel: 'sms',
    lastMessage:
      row.last_message_id === null || row.last_message_direction === null || row.last_message_status === null
        ? null
        : {
            id: row.last_message_id,
            body: row.last_message_snippet,
            direction: row.last_message_direction,
            at: row.last_message_at.toISOString(),
            status: row.last_message_status,
          },
    unread: row.unread,
    status: row.status,
    smsOff: row.sms_off,
    version: row.version,
  };
}

export function toMessage(row: StoredMessage): z.infer<typeof messageSchema> {
  return {
    id: row.id,
    seq: row.seq,
    version: row.version,
    direction: row.direction,
    body: row.body,
    status: row.status,
    carrierMessageId: row.carrier_message_id,
    at: row.at.toISOString(),
    author: row.author_id === null ? null : { id: row.author_id, name: row.author_name ?? '' },
    ...(row.error_code === null ? {} : { error: { code: row.error_code, message: row.error_message ?? '' } }),
    ...(row.decision === null ? {} : { decision: row.decision }),
    media: row.media,
  };
}
