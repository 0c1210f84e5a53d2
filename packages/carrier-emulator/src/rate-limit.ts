import type { ServerResponse } from 'node:http';
import type { Account } from './store/accounts.ts';

export interface Admission {
  admitted: boolean;
  /** Requests allowed in this second, how many are left, and seconds until there are more; null without a limit. */
  limit: number | null;
  remaining: number;
  resetSeconds: number;
  /** Requests of this account being answered, this one included. */
  concurrent: number;
}

interface Use {
  second: number;
  count: number;
  concurrent: number;
}

/** Counts an account's API requests, by second of real time and at once: clients live in real time. */
export class RateLimit {
  readonly #uses = new Map<string, Use>();

  admit(account: Account, response: ServerResponse): Admission {
    const use = this.#uses.get(account.sid) ?? { second: 0, count: 0, concurrent: 0 };
    this.#uses.set(account.sid, use);
    const now = Date.now();
    const second = Math.floor(now / 1000);
    if (second !== use.second) Object.assign(use, { second, count: 0 });
    const { requestsPerSecond, concurrency } = account.limits;
    const admitted =
      (requestsPerSecond === null || use.count < requestsPerSecond) &&
      (concurrency === null || use.concurrent < concurrency);
    use.concurrent++;
    if (admitted) use.count++;
    // 'close' comes for every end: answered, hung up, never answered.
    response.once('close', () => {
      use.concurrent--;
    });
    return {
      admitted,
      limit: requestsPerSecond,
      remaining: requestsPerSecond === null ? 0 : Math.max(0, requestsPerSecond - use.count),
      resetSeconds: 1,
      concurrent: use.concurrent,
    };
  }
}
