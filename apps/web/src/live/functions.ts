import type { HotMessage, HotThread } from '@patchline/contracts/hot-rows';
import { makeFunctionReference } from 'convex/server';

/** The hot tier's functions that the desk calls, with their arguments and results. Their code is in convex/. */

export type LiveThread = Omit<HotThread, 'tenantId'>;
export type LiveMessage = Omit<HotMessage, 'tenantId'>;

export interface Holder {
  userId: string;
  name: string;
  tabId: string;
}

export interface LockState {
  holder: Holder | null;
  token: number;
  /** Unix milliseconds. */
  expiresAt: number | null;
}

export interface HeldLock {
  threadId: string;
  holder: { userId: string; name: string };
  token: number;
}

export interface Typist {
  userId: string;
  name: string;
  /** Unix milliseconds. */
  expiresAt: number;
}

export interface LiveThreadMessages {
  messages: LiveMessage[];
  thread: { lastSeq: number; fence: number; version: number; unread: number; status: 'open' | 'closed' } | null;
}

export const hot = {
  recent: makeFunctionReference<'query', { limit?: number }, { threads: LiveThread[] }>('inbox:recent'),
  messages: makeFunctionReference<'query', { threadId: string }, LiveThreadMessages>('smsMessages:forThread'),
  lock: makeFunctionReference<'query', { threadId: string }, LockState>('locks:forThread'),
  locksHeld: makeFunctionReference<'query', Record<string, never>, { locks: HeldLock[] }>('locks:held'),
  typing: makeFunctionReference<'query', { threadId: string }, { typing: Typist[] }>('typing:forThread'),

  takeLock: makeFunctionReference<
    'mutation',
    { threadId: string; tabId: string },
    { token: number; expiresAt: number }
  >('locks:take'),
  renewLock: makeFunctionReference<
    'mutation',
    { threadId: string; tabId: string; token: number },
    { expiresAt: number }
  >('locks:renew'),
  releaseLock: makeFunctionReference<'mutation', { threadId: string; tabId: string; token: number }, null>(
    'locks:release',
  ),
  setTyping: makeFunctionReference<'mutation', { threadId: string }, null>('typing:set'),
  clearTyping: makeFunctionReference<'mutation', { threadId: string }, null>('typing:clear'),
};
