import { tokenFloor } from '@patchline/domain/thread-fence';
import type { Actor } from '../platform/audit/append.ts';
import { HotTierUnavailable, type LockHolder } from '../platform/hot/hot-gateway.ts';
import { threadEntry } from '../platform/hot/project.ts';
import { ApiError } from '../platform/http/api-error.ts';
import { commitEffects } from './commit-effects.ts';
import type { MessagingCore } from './core.ts';
import { openThread } from './open-thread.ts';
import { lockThread, touchThread } from './thread-facts.ts';

/** Each round answers a token that somebody took meanwhile; more than a few in a row is a fault, not a race. */
const MOST_ROUNDS = 5;

/**
 * Takes a thread over from whoever holds it: first the fence is raised in PostgreSQL, with the line in the ledger, so
 * that the old holder's send is refused from here on; then the lock moves in the hot tier.
 */
export async function takeOverLock(
  core: MessagingCore,
  take: { tenantId: string; threadId: string; holder: LockHolder; actor: Actor },
): Promise<{ token: number; expiresAt: number }> {
  const { tenantId, threadId, holder } = take;
  await openThread(core, tenantId, threadId);
  try {
    let above = 0;
    for (let round = 0; round < MOST_ROUNDS; round++) {
      const current = await core.hot.currentLock({ tenantId, threadId });
      const token = await raiseFence(
        core,
        take,
        Math.max(above, current.token || tokenFloor(Date.now())),
        current.holder,
      );
      const moved = await core.hot.transferLock({ tenantId, threadId, holder, token });
      if (moved.ok) return { token, expiresAt: moved.expiresAt };
      above = moved.token;
    }
  } catch (error) {
    if (error instanceof HotTierUnavailable) throw new ApiError('hot_tier_unavailable', { cause: error });
    throw error;
  }
  throw new ApiError('unavailable');
}

async function raiseFence(
  core: MessagingCore,
  take: { tenantId: string; threadId: string; holder: LockHolder; actor: Actor },
  above: number,
  from: LockHolder | null,
): Promise<number> {
  return core.database.withTenant(take.tenantId, async (tx) => {
    if (!(await lockThread(tx, take.threadId))) throw new ApiError('not_found');
    const raised = await tx.first<{ fence: number }>(
      'update threads set fence = greatest(fence, $3) + 1 where tenant_id = $1 and id = $2 returning fence',
      [take.tenantId, take.threadId, above],
    );
    const token = raised?.fence ?? 0;
    const picture = await touchThread(tx, take.threadId);
    await commitEffects(core, tx, {
      audit: [
        {
          kind: 'lock.taken_over',
          subject: take.threadId,
          actor: take.actor,
          payload: { from: from === null ? null : { userId: from.userId, name: from.name }, token },
        },
      ],
      hot: picture === null ? [] : [threadEntry(picture)],
    });
    return token;
  });
}
