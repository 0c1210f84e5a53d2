import { type SeenTeams, visibleThread } from '../platform/database/visible-threads.ts';
import { threadEntry } from '../platform/hot/project.ts';
import { ApiError } from '../platform/http/api-error.ts';
import { commitEffects } from './commit-effects.ts';
import type { MessagingCore } from './core.ts';
import { touchThread } from './thread-facts.ts';

/** Says that somebody of the team has read a thread up to `seq`. Reading what was read before changes nothing. */
export async function markRead(
  core: MessagingCore,
  { tenantId, teams }: { tenantId: string; teams: SeenTeams },
  conversationId: string,
  seq: number,
): Promise<void> {
  await core.database.withTenant(tenantId, async (tx) => {
    const thread = await tx.first<{ id: string; read_seq: number; last_seq: number; unread: number }>(
      `select t.id, t.read_seq, t.last_seq, t.unread from threads t
       where t.tenant_id = $1
         and t.id = (select thread_id from conversations where tenant_id = $1 and id = $2)
         and ${visibleThread('t.our_address', '$3')} for update`,
      [tenantId, conversationId, teams],
    );
    if (thread === null) throw new ApiError('not_found');
    const upTo = Math.min(seq, thread.last_seq);
    if (upTo <= thread.read_seq) return;
    const left = await tx.first<{ n: number }>(
      `select count(*)::int as n from messages
       where tenant_id = $1 and thread_id = $2 and seq > $3 and direction = 'inbound'`,
      [tenantId, thread.id, upTo],
    );
    const unread = left?.n ?? 0;
    await tx.query('update threads set read_seq = $3, unread = $4 where tenant_id = $1 and id = $2', [
      tenantId,
      thread.id,
      upTo,
      unread,
    ]);
    if (unread === thread.unread) return;
    await tx.query('update conversations set unread = greatest(0, unread + $3) where tenant_id = $1 and id = $2', [
      tenantId,
      conversationId,
      unread - thread.unread,
    ]);
    const picture = await touchThread(tx, thread.id);
    if (picture !== null) await commitEffects(core, tx, { audit: [], hot: [threadEntry(picture)] });
  });
}
