import { MESSAGE_STATUSES } from '@patchline/contracts/message-status';
import { type Infer, v } from 'convex/values';
import type { Doc } from '../_generated/dataModel.js';

/** Validators of the rows that PostgreSQL fills: contracts/hot-rows.ts in Convex's terms. */

export const status = v.union(...MESSAGE_STATUSES.map((name) => v.literal(name)));
const direction = v.union(v.literal('inbound'), v.literal('outbound'));
const outcome = v.union(v.literal('allow'), v.literal('hold'), v.literal('refuse'));
const nullable = <T extends ReturnType<typeof v.object> | ReturnType<typeof v.string>>(value: T) =>
  v.union(value, v.null());

/** The team that sees a row; null: everybody. Rows of before there were teams have none, and are hidden until fed anew. */
export const team = v.optional(nullable(v.string()));

/** A thread as the inbox shows it, without its tenant. */
export const threadFields = {
  threadId: v.string(),
  conversationId: v.string(),
  version: v.number(),
  fence: v.number(),
  lastSeq: v.number(),
  contact: v.object({ id: v.string(), name: nullable(v.string()), address: v.string() }),
  number: v.string(),
  teamId: team,
  channel: v.literal('sms'),
  lastMessage: v.union(v.object({ id: v.string(), body: v.string(), direction, status, at: v.number() }), v.null()),
  unread: v.number(),
  status: v.union(v.literal('open'), v.literal('closed')),
  smsOff: v.boolean(),
  updatedAt: v.number(),
};

/** A message of an open thread, without its tenant. */
export const messageFields = {
  threadId: v.string(),
  messageId: v.string(),
  seq: v.number(),
  version: v.number(),
  direction,
  body: v.string(),
  status,
  at: v.number(),
  author: v.union(v.object({ id: v.string(), name: v.string() }), v.null()),
  error: v.union(v.object({ code: v.string(), message: v.string() }), v.null()),
  decision: v.union(
    v.object({
      outcome,
      reasons: v.array(
        v.object({ rule: v.string(), ruleVersion: v.optional(v.number()), outcome, detail: v.string() }),
      ),
      policyVersion: v.optional(v.string()),
      holdUntil: v.optional(v.union(v.number(), v.null())),
    }),
    v.null(),
  ),
  media: v.optional(
    v.array(
      v.object({
        id: v.string(),
        contentType: v.string(),
        bytes: v.union(v.number(), v.null()),
        name: nullable(v.string()),
        status: v.union(v.literal('pending'), v.literal('stored'), v.literal('failed')),
      }),
    ),
  ),
};

/** Who answers a thread: a tab of a person's browser. */
export const holder = v.object({ userId: v.string(), name: v.string(), tabId: v.string() });

const thread = v.object(threadFields);
const message = v.object(messageFields);

/** A row as clients get it: without the tenant, which is always theirs, and without Convex's own fields. */
export function shownThread({ _id, _creationTime, tenantId, ...row }: Doc<'inbox_threads'>): Infer<typeof thread> {
  return row;
}

export function shownMessage({ _id, _creationTime, tenantId, ...row }: Doc<'sms_messages'>): Infer<typeof message> {
  return row;
}
