import { EventEmitter } from 'node:events';
import type { Message } from './store/messages.ts';

/** One line of the request log. */
export interface RequestEntry {
  id: number;
  /** Milliseconds since 1970 on the emulator's clock, when the request began. */
  at: number;
  way: 'from-app' | 'to-app';
  method: string;
  /** Path and query, without host. */
  path: string;
  url: string;
  /** HTTP status; null when there was no answer. */
  status: number | null;
  tookMs: number;
  /** What happened, in words. */
  what: string;
  accountSid: string | null;
  messageSid: string | null;
  /** From the app: were its credentials right. To the app: was it signed with the account's token. */
  signature: 'valid' | 'invalid' | 'forged' | 'none';
  /** The signature header as sent. */
  signed: string | null;
  /** Parameters sent or received: a form's, or the members of a JSON body. */
  params: Record<string, unknown>;
  /** First 2,000 characters of the answer. */
  answer: string;
}

export interface EmulatorEvents {
  message: [message: Message];
  request: [entry: RequestEntry];
  /** Accounts, numbers, handsets, faults or the clock were changed. */
  changed: [what: 'accounts' | 'handsets' | 'faults' | 'clock' | 'reset'];
}

export class Events extends EventEmitter<EmulatorEvents> {
  constructor() {
    super();
    // One listener for each open page; there is no number of pages that means a leak.
    this.setMaxListeners(0);
  }
}
