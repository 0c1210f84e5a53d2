import type { HotMessage, HotThread } from '@patchline/contracts/hot-rows';
import { ConvexHttpClient } from 'convex/browser';
import { type FunctionReference, makeFunctionReference } from 'convex/server';
import { ConvexError, type Value } from 'convex/values';

export type FeedEntry =
  | { kind: 'thread'; version: number; row: HotThread }
  | { kind: 'message'; version: number; row: HotMessage };

export interface LockHolder {
  userId: string;
  name: string;
  tabId: string;
}

export interface HotLock {
  holder: LockHolder | null;
  token: number;
  expiresAt: number | null;
}

/** A refusal that the hot tier gave in words of its own, such as `lock_lost`. */
export class HotRefusal extends Error {
  readonly code: string;
  constructor(code: string, cause: unknown) {
    super(`The hot tier refused: ${code}`, { cause });
    this.name = 'HotRefusal';
    this.code = code;
  }
}

/** The hot tier answered, but could not do what was asked: the fault is in the request, or in its functions. */
export class HotFailure extends Error {
  constructor(cause: unknown) {
    super('The hot tier failed at a request', { cause });
    this.name = 'HotFailure';
  }
}

/** The hot tier could not be reached or did not answer in time. */
export class HotTierUnavailable extends Error {
  constructor(cause: unknown) {
    super('The hot tier does not answer', { cause });
    this.name = 'HotTierUnavailable';
  }
}

/** What the server asks of the hot tier, as its service identity. */
export interface HotGateway {
  applyFeed(entries: readonly FeedEntry[]): Promise<void>;
  hydrate(thread: HotThread, messages: readonly HotMessage[]): Promise<void>;
  /** Makes sure that this person still holds the thread, and goes on holding it for a moment. Throws HotRefusal('lock_lost'). */
  claimSend(claim: { tenantId: string; threadId: string; userId: string; token: number }): Promise<void>;
  /** Which of these threads, at most 200, are not there. */
  missingThreads(threadIds: readonly string[]): Promise<string[]>;
  currentLock(thread: { tenantId: string; threadId: string }): Promise<HotLock>;
  /** Moves the lock to `holder` under `token`; `ok: false` when a token as high is already out. */
  transferLock(transfer: {
    tenantId: string;
    threadId: string;
    holder: LockHolder;
    token: number;
  }): Promise<{ ok: true; expiresAt: number } | { ok: false; token: number }>;
  releaseLock(release: {
    tenantId: string;
    threadId: string;
    userId: string;
    tabId: string;
    token: number;
  }): Promise<void>;
  /** Frees every thread that a person holds in a tenant. */
  dropLocks(person: { tenantId: string; userId: string }): Promise<void>;
}

const TIMEOUT_MS = 5_000;

/** Connects to the hot tier at `url`; `token` gives a service token that lives at least a minute longer. */
export function createHotGateway(url: string, token: () => Promise<string>): HotGateway {
  const client = new ConvexHttpClient(url, {
    logger: false,
    skipConvexDeploymentUrlCheck: true,
    fetch: (input, init) => fetch(input, { ...init, signal: AbortSignal.timeout(TIMEOUT_MS) }),
  });

  const call = async <Result>(
    kind: 'query' | 'mutation',
    name: string,
    args: Record<string, unknown>,
  ): Promise<Result> => {
    const encoded = args as Record<string, Value>;
    try {
      client.setAuth(await token());
      if (kind === 'query') return (await client.query(makeFunctionReference<'query'>(name), encoded)) as Result;
      const reference = makeFunctionReference<'mutation'>(name) as FunctionReference<'mutation'>;
      return (await client.mutation(reference, encoded, { skipQueue: true })) as Result;
    } catch (error) {
      if (error instanceof ConvexError) {
        const data = error.data as { code?: string } | string;
        throw new HotRefusal((typeof data === 'object' && data.code) || String(data), error);
      }
      // fetch throws TypeErrors and time-outs; whatever else is thrown was made from an answer.
      const unanswered = error instanceof TypeError || (error instanceof DOMException && error.name === 'TimeoutError');
      throw unanswered ? new HotTierUnavailable(error) : new HotFailure(error);
    }
  };

  return {
    applyFeed: (entries) => call('mutation', 'feed:apply', { entries }),
    hydrate: (thread, messages) => call('mutation', 'feed:hydrate', { thread, messages }),
    claimSend: (claim) => call('mutation', 'locks:claimSend', claim),
    missingThreads: async (threadIds) => {
      const { missing } = await call<{ missing: string[] }>('query', 'feed:missing', { threadIds });
      return missing;
    },
    currentLock: (thread) => call('query', 'locks:current', thread),
    transferLock: (transfer) => call('mutation', 'locks:transfer', transfer),
    releaseLock: (release) => call('mutation', 'locks:releaseFor', release),
    dropLocks: (person) => call('mutation', 'locks:dropSession', person),
  };
}
