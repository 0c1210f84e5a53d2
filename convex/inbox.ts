import { v } from 'convex/values';
import type { Doc } from './_generated/dataModel.js';
import { tenantQuery } from './lib/functions.ts';
import type { Person } from './lib/identity.ts';
import { refusal } from './lib/refusal.ts';
import { shownThread, threadFields } from './lib/rows.ts';
import type { TenantReader } from './lib/tenantDb.ts';

const USUAL = 30;
const MOST = 100;

/**
 * The threads that changed last of those the caller sees, newest first: the overlay over the inbox's HTTP pages.
 *
 * `limit` is a whole number of threads, 30 unless told, at most 100.
 */
export const recent = tenantQuery({
  args: { limit: v.optional(v.number()) },
  returns: v.object({ threads: v.array(v.object(threadFields)) }),
  handler: async ({ db, caller }, { limit = USUAL }) => {
    if (!Number.isInteger(limit) || limit < 1) throw refusal('invalid_input', { field: 'limit' });
    const rows = await newest(db, caller, Math.min(limit, MOST));
    return { threads: rows.map(shownThread) };
  },
});

/** Read off one index for those who see all, else off one for each team: never more rows than that many pages. */
async function newest(db: TenantReader, { tenantId, teams }: Person, count: number): Promise<Doc<'inbox_threads'>[]> {
  if (teams === null) {
    return db
      .query('inbox_threads')
      .withIndex('by_tenant_updated', (q) => q.eq('tenantId', tenantId))
      .order('desc')
      .take(count);
  }
  const pages = await Promise.all(
    [null, ...teams].map((teamId) =>
      db
        .query('inbox_threads')
        .withIndex('by_team_updated', (q) => q.eq('tenantId', tenantId).eq('teamId', teamId))
        .order('desc')
        .take(count),
    ),
  );
  return pages
    .flat()
    .sort((a, b) => b.updatedAt - a.updatedAt)
    .slice(0, count);
}
