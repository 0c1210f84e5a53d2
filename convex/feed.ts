import { v } from 'convex/values';
import { applyRows } from './lib/feeding.ts';
import { serviceMutation, serviceQuery } from './lib/functions.ts';
import { refusal } from './lib/refusal.ts';
import { messageFields, threadFields } from './lib/rows.ts';

/** How PostgreSQL's rows get here: pushed after each commit, hydrated when a thread is opened. Only the server may call. */

const MOST_ENTRIES = 200;

const thread = v.object({ tenantId: v.string(), ...threadFields });
const message = v.object({ tenantId: v.string(), ...messageFields });
const fed = v.object({ applied: v.number(), stale: v.number() });

/**
 * Applies a batch of at most 200 outbox entries in one transaction: all or nothing, in any order, as often as wanted.
 * `version` is the entry's word about its row.
 */
export const apply = serviceMutation({
  args: {
    entries: v.array(
      v.union(
        v.object({ kind: v.literal('thread'), version: v.number(), row: thread }),
        v.object({ kind: v.literal('message'), version: v.number(), row: message }),
      ),
    ),
  },
  returns: fed,
  handler: (ctx, { entries }) => {
    if (entries.length > MOST_ENTRIES) throw refusal('invalid_input', { field: 'entries' });
    return applyRows(
      ctx,
      entries.flatMap((entry) => (entry.kind === 'thread' ? [{ ...entry.row, version: entry.version }] : [])),
      entries.flatMap((entry) => (entry.kind === 'message' ? [{ ...entry.row, version: entry.version }] : [])),
    );
  },
});

/** Fills a thread that somebody opens: its row and its last messages. Idempotent, and never undoes a newer push. */
export const hydrate = serviceMutation({
  args: { thread, messages: v.array(message) },
  returns: fed,
  handler: (ctx, { thread, messages }) => {
    if (messages.length > MOST_ENTRIES) throw refusal('invalid_input', { field: 'messages' });
    return applyRows(ctx, [thread], messages);
  },
});

/** Which of these threads are not here. */
export const missing = serviceQuery({
  args: { threadIds: v.array(v.string()) },
  returns: v.object({ missing: v.array(v.string()) }),
  handler: async (ctx, { threadIds }) => {
    if (threadIds.length > MOST_ENTRIES) throw refusal('invalid_input', { field: 'threadIds' });
    const found = await Promise.all(
      threadIds.map((threadId) =>
        ctx.db
          .query('inbox_threads')
          .withIndex('by_thread', (q) => q.eq('threadId', threadId))
          .unique(),
      ),
    );
    return { missing: threadIds.filter((_, i) => found[i] === null) };
  },
});
