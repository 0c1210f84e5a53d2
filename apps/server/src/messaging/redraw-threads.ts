import type { TenantTransaction } from '../platform/database/doors.ts';
import { threadEntry } from '../platform/hot/project.ts';
import { enqueueJob } from '../platform/jobs/enqueue.ts';
import { commitEffects } from './commit-effects.ts';
import type { MessagingCore } from './core.ts';
import { redrawnThreads } from './thread-facts.ts';

/** Threads in one transaction, and in one question to the hot tier. */
const CHUNK = 200;

/**
 * After the walk, threads are looked at once more that began shortly before it: their first text may have been on its way
 * to the database, with the old team in its picture, while the walk passed by.
 */
const AGAIN_AFTER_MS = 30_000;

export interface RedrawJob {
  tenantId: string;
  /** Our number, E.164. */
  our: string;
  /** Goes on below this thread; null: from the newest. */
  below: string | null;
  /** ISO time: only threads that began later, in the second walk; null: all. */
  since: string | null;
}

/** Has the hot tier's pictures of the threads of these numbers taken again, because something changed that they all show. */
export async function redrawThreads(tx: TenantTransaction, ourAddresses: readonly string[]): Promise<void> {
  for (const our of ourAddresses) {
    const job: RedrawJob = { tenantId: tx.tenantId, our, below: null, since: null };
    await enqueueJob(tx, 'redraw_threads', { ...job });
  }
}

/** One chunk, newest threads first; the next is a job of its own. What is not in the hot tier is drawn when it gets there. */
export async function redrawChunk(core: MessagingCore, job: RedrawJob): Promise<void> {
  const { tenantId, our, below, since } = job;
  const ids = await core.database.withTenant(tenantId, async (tx) => {
    const rows = await tx.query<{ id: string }>(
      `select id from threads
       where tenant_id = $1 and our_address = $2 and ($3::uuid is null or id < $3)
         and ($4::timestamptz is null or created_at > $4)
       order by id desc limit ${CHUNK}`,
      [tenantId, our, below, since],
    );
    return rows.map(({ id }) => id);
  });
  const missing = ids.length === 0 ? new Set() : new Set(await core.hot.missingThreads(ids));
  await core.database.withTenant(tenantId, async (tx) => {
    const pictures = await redrawnThreads(
      tx,
      ids.filter((id) => !missing.has(id)),
    );
    await commitEffects(core, tx, { audit: [], hot: pictures.map(threadEntry) });
    if (ids.length === CHUNK) await enqueueJob(tx, 'redraw_threads', { ...job, below: ids.at(-1) });
    else if (since === null) {
      const soon = Date.now() + AGAIN_AFTER_MS;
      const again: RedrawJob = {
        tenantId,
        our,
        below: null,
        since: new Date(soon - 10 * AGAIN_AFTER_MS).toISOString(),
      };
      await enqueueJob(tx, 'redraw_threads', { ...again }, { runAt: new Date(soon) });
    }
  });
}
