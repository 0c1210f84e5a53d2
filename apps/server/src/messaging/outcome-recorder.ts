import type { TenantTransaction } from '../platform/database/doors.ts';
import { lockMessage } from './change-status.ts';
import type { MessagingCore } from './core.ts';
import { declareUnknown, type EndedAttempt, endAttempts } from './dispatch.ts';
import { lockThread } from './thread-facts.ts';

/** Outcomes recorded in one transaction. */
const BATCH = 100;

/** While outcomes keep coming, how many gather for a batch, and how long they may, in milliseconds. */
const GATHER = 40;
const GATHER_MS = 20;

/** Tries at recording one outcome. Nothing is called again meanwhile, so only a database that is away makes it wait. */
const MOST_TRIES = 10;

/** First pause between them, in milliseconds; it doubles up to ten seconds. */
const FIRST_PAUSE_MS = 100;

/** Records what came of calls, of each tenant one batch at a time: what ends meanwhile gathers for the next. */
export interface OutcomeRecorder {
  add(tenantId: string, ended: EndedAttempt): void;
  /** How many outcomes of a tenant wait. */
  waiting(tenantId: string): number;
  idle(): boolean;
  /** Gives up what could not be recorded: whoever takes over declares it unknown. */
  stop(): void;
}

/** @param onRecorded called whenever a batch was recorded */
export function createOutcomeRecorder(core: MessagingCore, onRecorded: () => void): OutcomeRecorder {
  const queues = new Map<string, EndedAttempt[]>();
  const running = new Set<string>();
  let stopped = false;

  const record = async (tenantId: string): Promise<void> => {
    for (;;) {
      const batch = queues.get(tenantId)?.splice(0, BATCH) ?? [];
      if (batch.length === 0) break;
      try {
        await core.database.withTenant(tenantId, (tx) => endAttempts(core, tx, batch));
      } catch (error) {
        core.log.warn({ err: error, tenantId }, 'outcomes of texts could not be recorded together; one by one now');
        for (const ended of batch) await recordOne(tenantId, ended);
      }
      onRecorded();
      const gathered = queues.get(tenantId)?.length ?? 0;
      if (gathered > 0 && gathered < GATHER && !stopped) await new Promise((resolve) => setTimeout(resolve, GATHER_MS));
    }
    running.delete(tenantId);
    queues.delete(tenantId);
    onRecorded();
  };

  const recordOne = async (tenantId: string, ended: EndedAttempt): Promise<void> => {
    let pause = FIRST_PAUSE_MS;
    for (let tries = 1; !stopped; tries++) {
      try {
        await core.database.withTenant(tenantId, (tx) =>
          tries < MOST_TRIES ? endAttempts(core, tx, [ended]) : giveUp(core, tx, ended),
        );
        return;
      } catch (error) {
        core.log.error(
          { err: error, tenantId, messageId: ended.attempt.message.id },
          'the outcome of a text could not be recorded; trying again',
        );
      }
      await new Promise((resolve) => setTimeout(resolve, pause));
      pause = Math.min(pause * 2, 10_000);
    }
  };

  return {
    add(tenantId, ended) {
      const queue = queues.get(tenantId);
      if (queue === undefined) queues.set(tenantId, [ended]);
      else queue.push(ended);
      if (running.has(tenantId)) return;
      running.add(tenantId);
      void record(tenantId);
    },
    waiting: (tenantId) => queues.get(tenantId)?.length ?? 0,
    idle: () => running.size === 0,
    stop() {
      stopped = true;
    },
  };
}

/** What cannot be stored as it is stays true as "unknown", and the carrier is asked. */
async function giveUp(core: MessagingCore, tx: TenantTransaction, { attempt }: EndedAttempt): Promise<void> {
  await lockThread(tx, attempt.message.thread_id);
  const message = await lockMessage(tx, attempt.message.id);
  if (message === null) return;
  await declareUnknown(core, tx, attempt.id, message, 'The outcome could not be recorded');
}
