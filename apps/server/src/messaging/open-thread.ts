import type { HotThread } from '@patchline/contracts/hot-rows';
import { HotTierUnavailable } from '../platform/hot/hot-gateway.ts';
import { projectMessage } from '../platform/hot/project.ts';
import { ApiError } from '../platform/http/api-error.ts';
import type { MessagingCore } from './core.ts';
import { listMessages } from './list-messages.ts';
import { readHotThread } from './thread-facts.ts';

/** How many messages a cold thread is filled with. */
const HYDRATED_MESSAGES = 10;

/** Fills the hot tier with a thread and its last messages. Filling again does no harm: rows are keyed by id and version. */
export async function openThread(core: MessagingCore, tenantId: string, threadId: string): Promise<HotThread> {
  const filled = await core.database.withTenant(tenantId, async (tx) => {
    const thread = await readHotThread(tx, threadId);
    const messages = await listMessages(tx, threadId, { before: null, after: null, limit: HYDRATED_MESSAGES });
    return { thread, messages: messages.map((message) => projectMessage(tenantId, message)) };
  });
  if (filled.thread === null) throw new ApiError('not_found');
  try {
    await core.hot.hydrate(filled.thread, filled.messages.reverse());
  } catch (error) {
    if (error instanceof HotTierUnavailable) throw new ApiError('hot_tier_unavailable', { cause: error });
    throw error;
  }
  return filled.thread;
}
