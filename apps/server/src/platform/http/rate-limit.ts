export interface RateLimiter {
  /** Counts one attempt; returns 0 when it may go on, else the seconds to wait. */
  take(key: string): number;
  /** Takes one attempt back: it turned out to be an honest one. */
  giveBack(key: string): void;
}

/** How many keys are remembered before those whose window has ended are swept. */
const SWEEP_AT = 10_000;

/** At most `max` attempts by key in each window of `windowMs`, counted in this process. */
export function createRateLimiter(options: { max: number; windowMs: number; now?: () => number }): RateLimiter {
  const { max, windowMs, now = Date.now } = options;
  const windows = new Map<string, { count: number; endsAt: number }>();
  const sweep = () => {
    for (const [key, { endsAt }] of windows) if (endsAt <= now()) windows.delete(key);
  };
  return {
    take(key) {
      let window = windows.get(key);
      if (window === undefined || window.endsAt <= now()) {
        if (windows.size >= SWEEP_AT) sweep();
        window = { count: 0, endsAt: now() + windowMs };
        windows.set(key, window);
      }
      if (window.count >= max) return Math.max(1, Math.ceil((window.endsAt - now()) / 1000));
      window.count++;
      return 0;
    },
    giveBack(key) {
      const window = windows.get(key);
      if (window !== undefined && window.count > 0) window.count--;
    },
  };
}
