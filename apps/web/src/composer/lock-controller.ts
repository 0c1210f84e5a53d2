import { LOCK_RENEW_MS } from '@patchline/contracts/locks';
import { FREE, type Lock, type LockEvent, type Self, step } from './lock-machine.ts';

/** A thread in which nobody has written for this long is let go, so that an agent at lunch keeps nobody from answering. */
export const IDLE_MS = 5 * 60_000;

export type TakeAnswer =
  | { ok: true; token: number; expiresAt: number }
  | { ok: false; code: 'thread_locked'; holder: { userId: string; name: string } }
  | { ok: false; code: 'thread_cold' | 'failed' };

/** What the controller asks of the outside. None of these throws. */
export interface LockPort {
  take: () => Promise<TakeAnswer>;
  renew: (token: number) => Promise<{ ok: true; expiresAt: number } | { ok: false; lost: boolean }>;
  release: (token: number) => void;
  /** Asks the server to bring a thread that has gone cold back into the hot tier. */
  open: () => Promise<boolean>;
  now: () => number;
}

export interface LockController {
  get: () => Lock;
  subscribe: (listener: () => void) => () => void;
  dispatch: (event: LockEvent) => void;
  /** A character was typed. */
  typed: () => void;
  /** About once a second: renews what is held, lets go of what is forgotten. */
  tick: () => void;
  /** Takes the lock if need be; the token, or null when it cannot be had. */
  acquire: () => Promise<number | null>;
}

const COLD_TRIES = 3;

/** Runs the state machine of lock-machine.ts for one open thread. */
export function createLockController(self: Self, port: LockPort): LockController {
  let lock: Lock = FREE;
  let renewedAt = 0;
  let typedAt = port.now();
  let renewing = false;
  const listeners = new Set<() => void>();

  function dispatch(event: LockEvent): void {
    const next = step(lock, event, self);
    const changed = next.lock !== lock;
    lock = next.lock;
    if (event.type === 'taken') renewedAt = port.now();
    if (changed) for (const listener of listeners) listener();
    for (const effect of next.effects) {
      if (effect.type === 'take') void take();
      else port.release(effect.token);
    }
  }

  async function take(): Promise<void> {
    for (let attempt = 1; ; attempt++) {
      const answer = await port.take();
      if (answer.ok) return dispatch({ type: 'taken', token: answer.token, expiresAt: answer.expiresAt });
      if (answer.code === 'thread_locked') return dispatch({ type: 'refused', holder: answer.holder });
      if (answer.code !== 'thread_cold' || attempt >= COLD_TRIES || !(await port.open())) {
        return dispatch({ type: 'failed' });
      }
    }
  }

  async function renew(token: number): Promise<void> {
    renewing = true;
    const answer = await port.renew(token);
    renewing = false;
    if (answer.ok) {
      renewedAt = port.now();
      dispatch({ type: 'renewed', token, expiresAt: answer.expiresAt });
    } else if (answer.lost) {
      dispatch({ type: 'renewalRefused', token });
    }
  }

  return {
    get: () => lock,
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    dispatch,
    typed: () => {
      typedAt = port.now();
      dispatch({ type: 'typed' });
    },
    tick: () => {
      if (lock.state !== 'mine') return;
      const now = port.now();
      if (now - typedAt >= IDLE_MS) dispatch({ type: 'letGo' });
      else if (!renewing && now - renewedAt >= LOCK_RENEW_MS) void renew(lock.token);
    },
    acquire: () =>
      new Promise((resolve) => {
        typedAt = port.now();
        const settle = (): boolean => {
          if (lock.state === 'taking') return false;
          resolve(lock.state === 'mine' ? lock.token : null);
          return true;
        };
        dispatch({ type: 'typed' });
        if (settle()) return;
        const listener = () => {
          if (settle()) listeners.delete(listener);
        };
        listeners.add(listener);
      }),
  };
}
