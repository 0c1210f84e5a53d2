import { v } from 'convex/values';
import { tenantQuery } from './lib/functions.ts';
import { refusal } from './lib/refusal.ts';
import { shownThread, threadFields } from './lib/rows.ts';

const USUAL = 30;
const MOST = 100;

/**
 * The threads that changed last, newest first: the overlay over the inbox's HTTP pages.
 *
 * `limit` is a whole number of threads, 30 unless told, at most 100.
 */
export const recent = tenantQuery({
  args: { limit: v.optional(v.number()) },
  returns: v.object({ threads: v.array(v.object(threadFields)) }),
  handler: async ({ db, caller }, { limit = USUAL }) => {
    if (!Number.isInteger(limit) || limit < 1) throw refusal('invalid_input', { field: 'limit' });
    const rows = await db
      .query('inbox_threads')
      .withIndex('by_tenant_updated', (q) => q.eq('tenantId', caller.tenantId))
      .order('desc')
      .take(Math.min(limit, MOST));
    return { threads: rows.map(shownThread) };
  },
});
