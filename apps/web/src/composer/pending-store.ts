import type { PendingSend } from './send-queue.ts';

const keyFor = (userId: string) => `patchline:sending:${userId}`;

/** Texts under way survive a reload of this tab, with their keys; another tab must not send them too. */
export function loadPending(userId: string): PendingSend[] {
  try {
    const sends = JSON.parse(sessionStorage.getItem(keyFor(userId)) ?? '[]') as PendingSend[];
    // A page of an older version kept none.
    return sends.map((send) => ({ ...send, media: send.media ?? [] }));
  } catch (error) {
    console.info('Texts under way could not be read back.', error);
    return [];
  }
}

export function storePending(userId: string, sends: readonly PendingSend[]): void {
  try {
    if (sends.length === 0) sessionStorage.removeItem(keyFor(userId));
    else sessionStorage.setItem(keyFor(userId), JSON.stringify(sends));
  } catch (error) {
    console.info('This browser keeps nothing for this tab; a reload forgets texts under way.', error);
  }
}
