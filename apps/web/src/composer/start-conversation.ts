import { api } from '../api/calls.ts';
import { ApiError, hasCode } from '../api/errors.ts';
import type { SendInput } from '../api/types.ts';

export interface HotLock {
  take: (threadId: string) => Promise<number>;
  release: (threadId: string, token: number) => void;
}

export type Started = { conversationId: string; refused: boolean };

interface Refused {
  id?: string;
}

/**
 * Sends a first text and finds out where it went. Where a thread exists already, it is taken for this one text and let go
 * again. A refused text is stored too, and shown in its conversation.
 *
 * @param keys two keys of this one composed text: without and with a lock, because the bodies differ
 * @throws ApiError, NoAnswerError; what `take` throws when somebody else is answering
 */
export async function startConversation(
  input: SendInput,
  keys: { plain: string; locked: string },
  lock: HotLock,
): Promise<Started> {
  try {
    return await send(input, keys.plain);
  } catch (error) {
    if (!hasCode(error, 'lock_required')) throw error;
  }
  const thread = await findThread(input);
  if (!thread) throw new ApiError(409, { code: 'lock_required', message: 'Open the conversation and answer there.' });
  await api.open(thread.id);
  const token = await lock.take(thread.threadId);
  try {
    return await send({ ...input, lockToken: token }, keys.locked);
  } finally {
    lock.release(thread.threadId, token);
  }
}

async function send(input: SendInput, key: string): Promise<Started> {
  try {
    const { id } = await api.send(input, key);
    return { conversationId: (await api.message(id)).conversationId, refused: false };
  } catch (error) {
    const id = hasCode(error, 'send_refused') ? (error.details as Refused | undefined)?.id : undefined;
    if (id === undefined) throw error;
    return { conversationId: (await api.message(id)).conversationId, refused: true };
  }
}

/** The newest thread with that number, from the line that was chosen if one was. */
async function findThread(input: SendInput) {
  const { items } = await api.conversations({ status: 'all', q: input.to, limit: 20 });
  return items.find((item) => item.contact.address === input.to && (!input.from || item.number === input.from));
}
