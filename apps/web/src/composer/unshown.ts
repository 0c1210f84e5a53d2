import type { TimelineMessage } from '../timeline/message.ts';
import type { PendingSend } from './send-queue.ts';

/**
 * Which pending texts still need a bubble of their own. The live query can show a text before the answer to its request
 * has named it; so an unnamed pending text counts as shown when a text of mine with the same words, newer than the moment
 * of writing, is there that no other pending text has claimed.
 */
export function unshown(
  sends: readonly PendingSend[],
  messages: readonly TimelineMessage[],
  myUserId: string,
): { shown: readonly PendingSend[]; settled: readonly PendingSend[] } {
  const byId = new Map(messages.map((message) => [message.id, message]));
  const claimed = new Set(sends.flatMap((send) => (send.messageId === null ? [] : [send.messageId])));
  const shown: PendingSend[] = [];
  const settled: PendingSend[] = [];
  for (const send of sends) {
    if (send.messageId !== null) {
      (byId.has(send.messageId) ? settled : shown).push(send);
      continue;
    }
    if (send.state === 'returned') continue;
    const twin = messages.find(
      (message) =>
        message.seq > send.afterSeq &&
        message.direction === 'outbound' &&
        message.author?.id === myUserId &&
        message.body === send.input.body &&
        message.media.length === send.media.length &&
        !claimed.has(message.id),
    );
    if (twin) claimed.add(twin.id);
    else shown.push(send);
  }
  return { shown, settled };
}
