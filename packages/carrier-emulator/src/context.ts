import type { MovableClock } from './clock.ts';
import type { Events } from './events.ts';
import type { Faults } from './faults.ts';
import type { RequestLog } from './request-log.ts';
import type { Scheduler } from './scheduler.ts';
import type { Accounts } from './store/accounts.ts';
import type { Database } from './store/database.ts';
import type { Deliveries } from './store/deliveries.ts';
import type { Handsets } from './store/handsets.ts';
import type { Messages } from './store/messages.ts';

export interface Timing {
  /** Mean time between two delivery statuses, in milliseconds; each step varies by half of it. */
  stepMs: number;
  /** Pause before a webhook is tried again, doubled each time, in milliseconds. */
  retryMs: number;
  /** Webhook time-outs when the URL's fragment does not say otherwise, in milliseconds. */
  connectMs: number;
  readMs: number;
  totalMs: number;
}

/** What the parts of the emulator share. */
export interface Context {
  db: Database;
  accounts: Accounts;
  handsets: Handsets;
  messages: Messages;
  deliveries: Deliveries;
  faults: Faults;
  clock: MovableClock;
  scheduler: Scheduler;
  events: Events;
  log: RequestLog;
  timing: Timing;
  seed: number;
  /** Address under which apps reach the emulator, without a slash at the end. */
  url: () => string;
}
