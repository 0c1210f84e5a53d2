import type { Message } from './store/messages.ts';

/**
 * Each number sends at its carrier's pace, one segment after the other: what is handed in faster waits. Kept in memory;
 * the messages have their places (slotAt), so a restart finds the queues again.
 */
export class SenderQueues {
  /** When a sender will have sent all it was given, in milliseconds since 1970. */
  readonly #freeAt = new Map<string, number>();

  /** How much work a sender has ahead, in milliseconds. */
  ahead(sender: string, now: number): number {
    return Math.max(0, (this.#freeAt.get(sender) ?? 0) - now);
  }

  /** Takes the next place in the sender's queue. @returns when its turn comes; null when the sender has no pace. */
  take(sender: string, segments: number, pace: number | null, now: number): number | null {
    if (pace === null) return null;
    const slot = now + this.ahead(sender, now);
    this.#freeAt.set(sender, slot + (segments / pace) * 1000);
    return Math.round(slot);
  }

  /** Puts a message of an earlier process back into its place. */
  restore(message: Message, pace: number | null): void {
    if (pace === null || message.slotAt === null) return;
    const end = message.slotAt + (message.numSegments / pace) * 1000;
    if (end > (this.#freeAt.get(message.sender) ?? 0)) this.#freeAt.set(message.sender, end);
  }

  clear(): void {
    this.#freeAt.clear();
  }
}
