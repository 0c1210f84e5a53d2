import type { Doc } from '../_generated/dataModel.js';
import type { Person } from './identity.ts';
import type { TenantReader } from './tenantDb.ts';

/** Who sees a thread: everybody when its number has no team, else the team's people and roles that see every team. */
export function sees(caller: Pick<Person, 'teams'>, row: { teamId?: string | null }): boolean {
  const { teams } = caller;
  if (teams === null || row.teamId === null) return true;
  return row.teamId !== undefined && teams.includes(row.teamId);
}

/** The thread's row, or null when it is not loaded or not for the caller: to them both are the same. */
export async function seenThread(
  db: TenantReader,
  caller: Pick<Person, 'teams'>,
  threadId: string,
): Promise<Doc<'inbox_threads'> | null> {
  const thread = await db
    .query('inbox_threads')
    .withIndex('by_thread', (q) => q.eq('threadId', threadId))
    .unique();
  return thread && sees(caller, thread) ? thread : null;
}
