import type { Logger } from 'pino';

/** How long closing everything may take, in milliseconds; what still runs then is cut off. */
const CLOSE_WITHIN_MS = 2_500;

export interface Closing {
  /** Says how a part is closed. Parts are closed in the opposite order. */
  add(name: string, close: () => Promise<unknown>): void;
  /** Closes everything once; resolves false when that took too long or failed. */
  close(): Promise<boolean>;
}

export function closeInOrder(log: Logger): Closing {
  const parts: Array<{ name: string; close: () => Promise<unknown> }> = [];
  let closed: Promise<boolean> | null = null;

  const closeAll = async (): Promise<boolean> => {
    let clean = true;
    for (const { name, close } of parts.toReversed()) {
      try {
        await close();
      } catch (err) {
        clean = false;
        log.warn({ err, part: name }, 'a part did not close');
      }
    }
    return clean;
  };
  return {
    add: (name, close) => parts.push({ name, close }),
    close() {
      closed ??= Promise.race([
        closeAll(),
        new Promise<boolean>((resolve) => setTimeout(() => resolve(false), CLOSE_WITHIN_MS).unref()),
      ]);
      return closed;
    },
  };
}

/** Calls `end` on SIGTERM and SIGINT, and, when a supervisor started us, once our standard input is gone with it. */
export function whenAskedToEnd(supervised: boolean, end: () => void): void {
  process.on('SIGTERM', end);
  process.on('SIGINT', end);
  if (!supervised) return;
  process.stdin.on('end', end);
  process.stdin.on('error', end);
  process.stdin.resume();
}
