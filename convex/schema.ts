import { defineSchema, defineTable } from 'convex/server';
import { v } from 'convex/values';
import { holder, messageFields, team, threadFields } from './lib/rows.ts';

/**
 * The hot tier: what has to be seen now. PostgreSQL has authority over nearly all of it; README.md says over what, and how
 * each table is filled again after a loss.
 *
 * Every table has a tenant. Rows that PostgreSQL fills carry the version of what they picture and are replaced only by
 * newer ones. Writes that happen often (leases, typing) have tables of their own, so that they re-run only the queries of
 * those who look at them.
 */

const tenantId = v.string();
const orNull = {
  string: v.union(v.string(), v.null()),
  number: v.union(v.number(), v.null()),
};
const person = v.object({ userId: v.string(), name: v.string() });
const contact = v.object({ id: v.string(), name: orNull.string, address: v.string() });
/** Who has something for a while, and until when (Unix milliseconds). */
const offer = v.union(v.object({ userId: v.string(), name: v.string(), expiresAt: v.number() }), v.null());

export default defineSchema({
  // ── Texting ──────────────────────────────────────────────────────────────────────────────────────────────────────

  /** Recent threads of the inbox. */
  inbox_threads: defineTable({ tenantId, ...threadFields })
    .index('by_thread', ['threadId'])
    .index('by_tenant_updated', ['tenantId', 'updatedAt'])
    .index('by_team_updated', ['tenantId', 'teamId', 'updatedAt']),

  /** Last messages of open threads. */
  sms_messages: defineTable({ tenantId, ...messageFields })
    .index('by_message', ['messageId'])
    .index('by_thread_seq', ['tenantId', 'threadId', 'seq']),

  /**
   * Who is answering a thread. The row stays when the lock is given back, because its token must not go down. `takenAt` is
   * null while nobody holds it, which keeps free locks out of the range that `locks:held` reads.
   */
  sms_thread_locks: defineTable({
    tenantId,
    threadId: v.string(),
    holder: v.union(holder, v.null()),
    token: v.number(),
    takenAt: orNull.number,
    teamId: team,
  })
    .index('by_thread', ['tenantId', 'threadId'])
    .index('by_tenant_held', ['tenantId', 'takenAt']),

  /** Until when a held lock is held. Apart from the lock, because it is renewed all the time and locks are read by all. */
  thread_lock_leases: defineTable({ tenantId, threadId: v.string(), expiresAt: v.number() })
    .index('by_thread', ['tenantId', 'threadId'])
    .index('by_expiry', ['expiresAt']),

  /** Who is typing in a thread. */
  thread_typing: defineTable({
    tenantId,
    threadId: v.string(),
    userId: v.string(),
    name: v.string(),
    expiresAt: v.number(),
    teamId: team,
  })
    .index('by_thread_user', ['tenantId', 'threadId', 'userId'])
    .index('by_expiry', ['expiresAt']),

  // ── Agents ───────────────────────────────────────────────────────────────────────────────────────────────────────

  /** What each agent is doing. */
  agent_status: defineTable({
    tenantId,
    userId: v.string(),
    name: v.string(),
    status: v.union(v.literal('available'), v.literal('busy'), v.literal('away'), v.literal('wrap_up')),
    /** Why away, in the tenant's own words. */
    reason: orNull.string,
    since: v.number(),
  })
    .index('by_user', ['tenantId', 'userId'])
    .index('by_status', ['tenantId', 'status', 'since']),

  /** Until when an agent's browser is believed to be there. */
  agent_status_leases: defineTable({ tenantId, userId: v.string(), tabId: v.string(), expiresAt: v.number() })
    .index('by_user', ['tenantId', 'userId', 'tabId'])
    .index('by_expiry', ['expiresAt']),

  /** Who can take what. */
  agent_skills: defineTable({
    tenantId,
    userId: v.string(),
    skill: v.string(),
    /** 1 is the best; the best idle agent is asked first. */
    level: v.number(),
    version: v.number(),
  })
    .index('by_user', ['tenantId', 'userId', 'skill'])
    .index('by_skill', ['tenantId', 'skill', 'level']),

  /** The contact tabs a person has open. */
  user_contact_tabs: defineTable({
    tenantId,
    userId: v.string(),
    contactId: v.string(),
    threadId: orNull.string,
    position: v.number(),
    openedAt: v.number(),
    version: v.number(),
  })
    .index('by_user', ['tenantId', 'userId', 'position'])
    .index('by_user_contact', ['tenantId', 'userId', 'contactId']),

  // ── Calls ────────────────────────────────────────────────────────────────────────────────────────────────────────

  /** Callers who wait, in the order in which they are served. */
  incoming_call_queue: defineTable({
    tenantId,
    callId: v.string(),
    contact,
    /** Our number that was called, E.164. */
    number: v.string(),
    skill: orNull.string,
    /** Lower is served first. */
    priority: v.number(),
    since: v.number(),
    offer,
    version: v.number(),
  })
    .index('by_call', ['tenantId', 'callId'])
    .index('by_order', ['tenantId', 'priority', 'since']),

  /** Live calls. */
  active_calls: defineTable({
    tenantId,
    callId: v.string(),
    direction: v.union(v.literal('inbound'), v.literal('outbound')),
    /** Their number, E.164. At most one live call has it; PostgreSQL sees to that. */
    e164: v.string(),
    number: v.string(),
    contact,
    agents: v.array(
      v.object({
        userId: v.string(),
        name: v.string(),
        part: v.union(v.literal('talks'), v.literal('listens'), v.literal('whispers')),
      }),
    ),
    state: v.union(v.literal('ringing'), v.literal('connected'), v.literal('on_hold'), v.literal('ending')),
    startedAt: v.number(),
    answeredAt: orNull.number,
    version: v.number(),
  })
    .index('by_call', ['tenantId', 'callId'])
    .index('by_number', ['tenantId', 'e164'])
    .index('by_start', ['tenantId', 'startedAt']),

  /** Contacts that "Next Call" hands out, one agent each. */
  call_queue: defineTable({
    tenantId,
    listId: v.string(),
    entryId: v.string(),
    contact,
    position: v.number(),
    lease: offer,
    version: v.number(),
  })
    .index('by_entry', ['tenantId', 'entryId'])
    .index('by_list', ['tenantId', 'listId', 'position']),

  /** Transfers that somebody has yet to accept. */
  transfer_queue: defineTable({
    tenantId,
    transferId: v.string(),
    callId: v.string(),
    kind: v.union(v.literal('cold'), v.literal('warm')),
    from: person,
    to: v.union(
      v.object({ kind: v.literal('agent'), userId: v.string(), name: v.string() }),
      v.object({ kind: v.literal('skill'), skill: v.string() }),
      v.object({ kind: v.literal('number'), e164: v.string() }),
    ),
    since: v.number(),
    expiresAt: v.number(),
    version: v.number(),
  })
    .index('by_transfer', ['tenantId', 'transferId'])
    .index('by_tenant_since', ['tenantId', 'since'])
    .index('by_call', ['tenantId', 'callId']),
});
