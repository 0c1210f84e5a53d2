import type { RequestRecord } from './store.ts';

const HOUR = 60 * 60 * 1000;
/** How long after its last mutation a session's results are kept: longer than any client's retries. */
const KEEP_SESSION_MS = 24 * HOUR;
/** More than a client may have in flight; see MAX_QUEUED_MUTATIONS. */
const KEEP_PER_SESSION = 2000;

interface Remembered {
  readonly result: string;
  readonly ts: bigint;
}

/**
 * The results of mutations by session and request id. A client that reconnects sends again every
 * mutation whose effect it has not seen; this is how it happens once.
 */
export class RequestMemory {
  private readonly sessions = new Map<string, Map<number, Remembered>>();

  /** The remembered result, or undefined if that mutation has not happened. */
  find(session: string, request: number): Remembered | undefined {
    return this.sessions.get(session)?.get(request);
  }

  /** Remembers a result committed at `ts` (nanoseconds). */
  add(record: RequestRecord, ts: bigint): void {
    let requests = this.sessions.get(record.session);
    if (!requests) requests = new Map();
    // Moving the session to the end keeps the map in order of last use.
    else this.sessions.delete(record.session);
    this.sessions.set(record.session, requests);
    requests.set(record.request, { result: record.result, ts });
    if (requests.size > KEEP_PER_SESSION) requests.delete(requests.keys().next().value as number);
    this.expire(ts - BigInt(KEEP_SESSION_MS) * 1_000_000n);
  }

  private expire(before: bigint): void {
    for (const [session, requests] of this.sessions) {
      let last = 0n;
      for (const { ts } of requests.values()) if (ts > last) last = ts;
      if (last >= before) return;
      this.sessions.delete(session);
    }
  }

  /** Everything remembered, in order of last use. */
  entries(): { record: RequestRecord; ts: bigint }[] {
    const out: { record: RequestRecord; ts: bigint }[] = [];
    for (const [session, requests] of this.sessions) {
      for (const [request, { result, ts }] of requests) out.push({ record: { session, request, result }, ts });
    }
    return out;
  }
}
