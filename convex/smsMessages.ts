import { v } from 'convex/values';
import { tenantQuery } from './lib/functions.ts';
import { messageFields, shownMessage, threadFields } from './lib/rows.ts';
import { seenThread } from './lib/visibility.ts';

const MOST = 50;

/**
 * The newest messages of a thread, at most 50, oldest first, and what the thread's row says. `thread` is null when the
 * thread is not loaded, or not for the caller. `completeFrom` is the lowest `seq` from which every message up to the thread's last is here, null
 * when the last one is missing: below it a client asks the HTTP API.
 */
export const forThread = tenantQuery({
  args: { threadId: v.string() },
  returns: v.object({
    messages: v.array(v.object(messageFields)),
    thread: v.union(
      v.object({
        lastSeq: threadFields.lastSeq,
        fence: threadFields.fence,
        version: threadFields.version,
        unread: threadFields.unread,
        status: threadFields.status,
      }),
      v.null(),
    ),
    completeFrom: v.union(v.number(), v.null()),
  }),
  handler: async ({ db, caller }, { threadId }) => {
    const thread = await seenThread(db, caller, threadId);
    // Whose messages they are says the thread's row alone.
    if (!thread) return { messages: [], thread: null, completeFrom: null };
    const newest = await db
      .query('sms_messages')
      .withIndex('by_thread_seq', (q) => q.eq('tenantId', caller.tenantId).eq('threadId', threadId))
      .order('desc')
      .take(MOST);
    const { lastSeq, fence, version, unread, status } = thread;
    return {
      completeFrom: completeFrom(
        lastSeq,
        newest.map(({ seq }) => seq),
      ),
      messages: newest.toReversed().map(shownMessage),
      thread: { lastSeq, fence, version, unread, status },
    };
  },
});

/** Where the run without gaps that ends at the thread's last message begins; `seqs` are newest first. */
function completeFrom(lastSeq: number, seqs: number[]): number | null {
  let from: number | null = null;
  for (const seq of seqs) {
    // A message may be here before its thread's row says so.
    if (seq > lastSeq) continue;
    if (seq !== (from === null ? lastSeq : from - 1)) break;
    from = seq;
  }
  return from;
}
