import type { Actor } from '../platform/audit/append.ts';
import { type SeenTeams, visibleThread } from '../platform/database/visible-threads.ts';
import { threadEntry } from '../platform/hot/project.ts';
import { ApiError } from '../platform/http/api-error.ts';
import { commitEffects } from './commit-effects.ts';
import type { MessagingCore } from './core.ts';
import { touchThread } from './thread-facts.ts';

/** Closes or reopens a conversation. The next text in either direction reopens it. */
export async function setConversationStatus(
  core: MessagingCore,
  change: {
    tenantId: string;
    teams: SeenTeams;
    conversationId: string;
    status: 'open' | 'closed';
    actor: Actor;
  },
): Promise<void> {
  await core.database.withTenant(change.tenantId, async (tx) => {
    const thread = await tx.first<{ id: string }>(
      `select t.id from threads t where t.tenant_id = $1
         and t.id = (select thread_id from conversations where tenant_id = $1 and id = $2)
         and ${visibleThread('t.our_address', '$3')} for update`,
      [change.tenantId, change.conversationId, change.teams],
    );
    if (thread === null) throw new ApiError('not_found');
    const changed = await tx.first(
      `update conversations set status = $3, closed_at = case when $3 = 'closed' then now() end
       where tenant_id = $1 and id = $2 and status <> $3 returning id`,
      [change.tenantId, change.conversationId, change.status],
    );
    if (changed === null) return;
    const picture = await touchThread(tx, thread.id);
    await commitEffects(core, tx, {
      audit: [
        {
          kind: change.status === 'closed' ? 'conversation.closed' : 'conversation.reopened',
          subject: change.conversationId,
          actor: change.actor,
          payload: {},
        },
      ],
      hot: picture === null ? [] : [threadEntry(picture)],
    });
  });
}
