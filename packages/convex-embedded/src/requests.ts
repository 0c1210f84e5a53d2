import type { RequestRecord } from './store.ts';

/** How long after its last mutation a session's results are kept, 24 hours in nanoseconds: longer than any client's retries. */
const KEEP_SESSION_NS = 24n * 60n * 60n * 1_000_000_000n;
/** More than a client may have in flight; see MAX_QUEUED_MUTATIONS. */
const KEEP_PER_SESSION = 2000;

interface Remembered {
  readonly result: string;
  readonly ts: bigint;
}

interface Session {
  readonly requests: Map<number, Remembered>;
  /** When the newest of them was committed. */
  last: bigint;
}

/**
 * The results of mutations by session and request id. A client that reconnects sends again every
 * mutation whose effect it has not seen; this is how it happens once.
 */
export class RequestMemory {
  private readonly sessions = new Map<string, Session>();

  /** The remembered result, or undefined if that mutation has not happened. */
  find(session: string, request: number): Remembered | undefined {
    return this.sessions.get(session)?.requests.get(request);
  }

  /** Remembers a result committed at `ts` (nanoseconds). */
  add(record: RequestRecord, ts: bigint): void {
    let session = this.sessions.get(record.session);
    if (!session) session = { requests: new Map(), last: ts };
    // Moving the session to the end keeps the map in order of last use.
    else this.sessions.delete(record.session);
    session.last = ts;
    this.sessions.set(record.session, session);
    const { requests } = session;
    requests.set(record.request, { result: record.result, ts });
    if (requests.size > KEEP_PER_SESSION) requests.delete(requests.keys().next().value as number);
    this.expire(ts - KEEP_SESSION_NS);
  }

  private expire(before: bigint): void {
    for (const [id, { last }] of this.sessions) {
      if (last >= before) return;
      this.sessions.delete(id);
    }
  }

  /** Everything remembered, in order of last use. */
  entries(): { record: RequestRecord; ts: bigint }[] {
    const out: { record: RequestRecord; ts: bigint }[] = [];
    for (const [session, { requests }] of this.sessions) {
      for (const [request, { result, ts }] of requests) out.push({ record: { session, request, result }, ts });
    }
    return out;
  }
}
