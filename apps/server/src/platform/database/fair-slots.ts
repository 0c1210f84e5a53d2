/** A place at the database, given back once. */
export type Release = () => void;

/** Places that are shared fairly: who holds the least is served next, not who came first. */
export interface FairSlots {
  /** Waits for a place. @throws SlotTimeout */
  take(key: string): Promise<Release>;
}

/** Nobody got a place in time: the database is overloaded. */
export class SlotTimeout extends Error {
  override name = 'SlotTimeout';
}

/** Places kept free of any one key, so that another one that comes meanwhile need not wait for a first to end. */
const KEPT_FREE = 2;

/**
 * Of `most` places no key has more than all but two, and while several wait the next goes to who holds the least: a thousand
 * transactions of one company that are waiting delay the single one of another by one place, not by a thousand.
 */
export function createFairSlots(most: number, timeoutMs: number): FairSlots {
  const mostEach = Math.max(1, most - KEPT_FREE);
  const held = new Map<string, number>();
  const waiting = new Map<string, Array<(release: Release) => void>>();
  let free = most;

  const holds = (key: string) => held.get(key) ?? 0;

  const give = (key: string): Release => {
    free--;
    held.set(key, holds(key) + 1);
    let back = false;
    return () => {
      if (back) return;
      back = true;
      free++;
      const left = holds(key) - 1;
      if (left === 0) held.delete(key);
      else held.set(key, left);
      serve();
    };
  };

  /** Of those who wait, who holds the least; of equals, who was not served for longest. */
  const nextKey = (): string | null => {
    let next: string | null = null;
    for (const key of waiting.keys()) {
      if (holds(key) < (next === null ? mostEach : holds(next))) next = key;
    }
    return next;
  };

  const serve = (): void => {
    for (let key = nextKey(); free > 0 && key !== null; key = nextKey()) {
      const queue = waiting.get(key) ?? [];
      const next = queue.shift();
      waiting.delete(key);
      // To the end of the row.
      if (queue.length > 0) waiting.set(key, queue);
      next?.(give(key));
    }
  };

  return {
    take(key) {
      if (free > 0 && !waiting.has(key) && holds(key) < mostEach) return Promise.resolve(give(key));
      return new Promise((resolve, reject) => {
        const queue = waiting.get(key) ?? [];
        const timer = setTimeout(() => {
          queue.splice(queue.indexOf(mine), 1);
          if (queue.length === 0) waiting.delete(key);
          reject(new SlotTimeout('The database is too busy'));
        }, timeoutMs);
        const mine = (release: Release) => {
          clearTimeout(timer);
          resolve(release);
        };
        queue.push(mine);
        waiting.set(key, queue);
      });
    },
  };
}
