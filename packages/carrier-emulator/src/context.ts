import type { MovableClock } from './clock.ts';
import type { Events } from './events.ts';
import type { Faults } from './faults.ts';
import type { RateLimit } from './rate-limit.ts';
import type { RequestLog } from './request-log.ts';
import type { Scheduler } from './scheduler.ts';
import type { SenderQueues } from './sender-queues.ts';
import type { Accounts } from './store/accounts.ts';
import type { Database } from './store/database.ts';
import type { Deliveries } from './store/deliveries.ts';
import type { Handsets } from './store/handsets.ts';
import type { Messages } from './store/messages.ts';
import type { Pictures } from './store/pictures.ts';
import type { Resources } from './store/resources.ts';
import type { AutorespConfig, MessagingProfile, NumberOrder } from './telnyx/resources.ts';
import type { Application } from './twilio/applications.ts';

export interface Timing {
  /** Mean time between two delivery statuses, in milliseconds; each step varies by half of it. */
  stepMs: number;
  /** Pause before a webhook is tried again, doubled each time, in milliseconds. */
  retryMs: number;
  /** Webhook time-outs when the URL's fragment does not say otherwise, in milliseconds. */
  connectMs: number;
  readMs: number;
  totalMs: number;
  /** How long an app may take over a Telnyx webhook, in milliseconds. */
  telnyxMs: number;
}

/** What the parts of the emulator share. */
export interface Context {
  db: Database;
  accounts: Accounts;
  handsets: Handsets;
  messages: Messages;
  deliveries: Deliveries;
  pictures: Pictures;
  applications: Resources<Application>;
  profiles: Resources<MessagingProfile>;
  autoresponses: Resources<AutorespConfig>;
  orders: Resources<NumberOrder>;
  queues: SenderQueues;
  rateLimit: RateLimit;
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
