import type { Decision } from '@patchline/contracts/decision';
import { ApiError, NoAnswerError } from '../api/errors.ts';
import type { MediaItem, SendInput } from '../api/types.ts';

/**
 * The life of one composed text on this side of the wire. One key is made when it is composed and kept for good, so that
 * however often the request is repeated, the server sends it once.
 *
 *   sending ─→ accepted            (201; waits until the timeline shows it)
 *      │  ├──→ refused             (409 send_refused; stored, and shown where it was written)
 *      │  ├──→ returned            (lock lost or input refused: certainly not sent; goes back to the draft)
 *      │  └──→ retrying ─→ sending (no answer, or the server asks for patience: the same key again)
 *      └─────→ stuck               (two minutes of that: a person decides; "try again" still uses the same key)
 */
export type SendState = 'sending' | 'retrying' | 'accepted' | 'refused' | 'returned' | 'stuck';

export interface PendingSend {
  /** The Idempotency-Key. */
  key: string;
  conversationId: string;
  input: SendInput;
  /** What `input.mediaIds` names, to be shown. */
  media: readonly MediaItem[];
  /** The newest seq when it was composed: its own is higher. */
  afterSeq: number;
  /** Unix milliseconds. */
  composedAt: number;
  state: SendState;
  attempts: number;
  /** Whether an attempt ended without an answer: from then on it may have been sent. */
  uncertain: boolean;
  /** The message's id, as soon as the server named it. */
  messageId: string | null;
  decision: Decision | null;
  /** Why it was returned or is stuck, in words. */
  problem: string | null;
  /** The refusal's code when it was returned. */
  code: string | null;
}

/** How long a text is tried again by itself. After that its writer is asked: a text nobody expects any more is worse. */
export const GIVE_UP_MS = 120_000;

const FIRST_WAIT_MS = 1_000;
const LONGEST_WAIT_MS = 15_000;

/** How long to wait before the next attempt, in milliseconds. */
export function waitBefore(attempts: number): number {
  return Math.min(FIRST_WAIT_MS * 2 ** Math.max(0, attempts - 1), LONGEST_WAIT_MS);
}

/** Refusals that pass by themselves. The key makes the repeat safe. */
const PATIENCE = new Set([
  'idempotency_in_flight',
  'too_many_requests',
  'hot_tier_unavailable',
  'unavailable',
  'internal',
]);

interface RefusedDetails {
  id?: string;
  decision?: Decision;
}

/** What an attempt's failure makes of the text. */
export function afterFailure(send: PendingSend, error: unknown, now: number): PendingSend {
  const late = now - send.composedAt >= GIVE_UP_MS;
  if (error instanceof ApiError) {
    if (error.code === 'send_refused') {
      const details = (error.details ?? {}) as RefusedDetails;
      return {
        ...send,
        state: 'refused',
        messageId: details.id ?? null,
        decision: details.decision ?? null,
        problem: error.message,
        code: error.code,
      };
    }
    if (!PATIENCE.has(error.code) && error.code !== 'unauthenticated') {
      return { ...send, state: 'returned', problem: error.message, code: error.code };
    }
    const uncertain = send.uncertain || error.code === 'idempotency_in_flight' || error.code === 'internal';
    return { ...send, uncertain, state: late ? 'stuck' : 'retrying', problem: error.message, code: error.code };
  }
  const problem = error instanceof NoAnswerError ? error.message : 'The server did not answer.';
  return { ...send, uncertain: true, state: late ? 'stuck' : 'retrying', problem, code: null };
}

interface Deps {
  post: (input: SendInput, key: string) => Promise<{ id: string; decision: Decision }>;
  newKey: () => string;
  now: () => number;
  /** Runs `task` after `ms`. */
  later: (ms: number, task: () => void) => void;
  load: () => PendingSend[];
  store: (sends: readonly PendingSend[]) => void;
}

export interface SendQueue {
  list: () => readonly PendingSend[];
  subscribe: (listener: () => void) => () => void;
  /** Takes a composed text in and sends it. Returns its key. */
  add: (conversationId: string, input: SendInput, afterSeq: number, media?: readonly MediaItem[]) => string;
  /** Tries a stuck or waiting text at once, with its own key. */
  retry: (key: string) => void;
  /** Forgets a text: it is in the timeline, or back in the draft. */
  drop: (key: string) => void;
}

/** Creates the queue. What was under way when the page was reloaded goes on with its old keys. */
export function createSendQueue(deps: Deps): SendQueue {
  let sends: readonly PendingSend[] = deps.load();
  const listeners = new Set<() => void>();
  const running = new Set<string>();

  function set(next: readonly PendingSend[]): void {
    sends = next;
    deps.store(sends);
    for (const listener of listeners) listener();
  }

  function update(key: string, change: (send: PendingSend) => PendingSend): void {
    set(sends.map((send) => (send.key === key ? change(send) : send)));
  }

  async function attempt(key: string): Promise<void> {
    const send = sends.find((each) => each.key === key);
    if (!send || running.has(key) || (send.state !== 'sending' && send.state !== 'retrying')) return;
    running.add(key);
    update(key, (each) => ({ ...each, state: 'sending', attempts: each.attempts + 1 }));
    try {
      const { id, decision } = await deps.post(send.input, key);
      update(key, (each) => ({ ...each, state: 'accepted', messageId: id, decision, problem: null, code: null }));
    } catch (error) {
      update(key, (each) => afterFailure(each, error, deps.now()));
    } finally {
      running.delete(key);
    }
    const after = sends.find((each) => each.key === key);
    if (after?.state === 'retrying') deps.later(waitBefore(after.attempts), () => void attempt(key));
  }

  for (const send of sends) void attempt(send.key);

  return {
    list: () => sends,
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    add: (conversationId, input, afterSeq, media = []) => {
      const key = deps.newKey();
      const send: PendingSend = {
        key,
        conversationId,
        input,
        media,
        afterSeq,
        composedAt: deps.now(),
        state: 'sending',
        attempts: 0,
        uncertain: false,
        messageId: null,
        decision: null,
        problem: null,
        code: null,
      };
      set([...sends, send]);
      void attempt(key);
      return key;
    },
    retry: (key) => {
      const send = sends.find((each) => each.key === key);
      if (!send || (send.state !== 'stuck' && send.state !== 'retrying')) return;
      update(key, (each) => ({ ...each, state: 'retrying', composedAt: deps.now() }));
      void attempt(key);
    },
    drop: (key) => set(sends.filter((send) => send.key !== key)),
  };
}
