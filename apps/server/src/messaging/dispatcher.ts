import type { CarrierAccount, SendOutcome } from '../carriers/index.ts';
import type { Pacer } from '../pacing/index.ts';
import type { MessagingCore } from './core.ts';
import { type Attempt, beginAttempts, failExpired } from './dispatch.ts';
import { createOutcomeRecorder } from './outcome-recorder.ts';
import { takeExpired, takeSends } from './send-queue.ts';

/** Calls of carriers that one process has open at most. */
const MOST_CALLS = 96;

/** Outcomes of one tenant that may wait to be recorded before no more of its texts are begun. */
const MOST_UNRECORDED = 200;

/** Transactions that begin attempts, open at once: the pool is for requests as well. */
const MOST_CLAIMS = 4;

/** How long the carrier may fetch a text's pictures, in milliseconds: longer than a text waits in its queue there. */
const MEDIA_FOR_MS = 24 * 3_600_000;

/** How often texts that other processes accepted, or that are due again, are looked for, in milliseconds. */
const SWEEP_MS = 1_000;

/** How long a number rests after its queue could not be read, in milliseconds. */
const REST_MS = 1_000;

/** The longest sleep for the sake of the pace, in milliseconds. */
const LONGEST_SLEEP_MS = 60_000;

/** Expired texts failed in one transaction. */
const EXPIRED_AT_ONCE = 200;

/**
 * Hands accepted texts to their carriers, each once, at the pace of their numbers. Many attempts begin in one transaction and
 * many outcomes are recorded in one; the more there is to do, the more. Any number of processes share the work.
 *
 * Fairness: numbers take turns, and of the open calls no tenant may have more than an equal share with one share left over
 * for whoever comes next, so that neither a backlog nor a slow carrier of one delays another.
 */
export interface SendDispatcher {
  /** Resolves when every text whose turn has come was called and its outcome recorded. */
  settled(): Promise<void>;
  /** Begins no more, and resolves when what was begun is recorded. */
  stop(): Promise<void>;
}

/** One number's queue as far as this process knows it. */
interface Line {
  tenantId: string;
  our: string;
  /** Unix milliseconds before which nothing can leave. */
  wakeAt: number;
  /** Whether a transaction is taking from it. */
  busy: boolean;
  /** Whether it was announced while it was busy. */
  again: boolean;
  /** Whether the last turn took all it might: more is surely there, and a turn for one call is not worth its trips. */
  long: boolean;
}

export interface DispatcherOptions {
  core: MessagingCore;
  pacer: Pacer;
  /** Whether a carrier's calls go to the emulator. */
  emulated: (carrier: 'twilio' | 'telnyx') => boolean;
}

export function startSendDispatcher({ core, pacer, emulated }: DispatcherOptions): SendDispatcher {
  const lines = new Map<string, Line>();
  const calls = new Map<string, number>();
  const lastOfThread = new Map<string, Promise<void>>();
  const waitingForIdle: Array<() => void> = [];
  let open = 0;
  let claims = 0;
  let stopped = false;
  let timer: NodeJS.Timeout | null = null;
  const recorder = createOutcomeRecorder(core, () => run());

  const callsOf = (tenantId: string) => calls.get(tenantId) ?? 0;
  const count = (tenantId: string, by: number) => {
    open += by;
    const now = callsOf(tenantId) + by;
    if (now === 0) calls.delete(tenantId);
    else calls.set(tenantId, now);
  };
  const shareOf = () => {
    const tenants = new Set(calls.keys());
    for (const { tenantId } of lines.values()) tenants.add(tenantId);
    return Math.max(1, Math.floor(MOST_CALLS / (tenants.size + 1)));
  };

  const run = (): void => {
    const share = shareOf();
    let next = Number.POSITIVE_INFINITY;
    for (const [key, line] of lines) {
      if (stopped || claims >= MOST_CLAIMS) break;
      if (line.busy || recorder.waiting(line.tenantId) >= MOST_UNRECORDED) continue;
      if (line.wakeAt > Date.now()) {
        next = Math.min(next, line.wakeAt);
        continue;
      }
      const room = Math.min(share - callsOf(line.tenantId), MOST_CALLS - open);
      if (room < (line.long ? Math.ceil(share / 2) : 1)) continue;
      // To the end of the row: the others come first next time.
      lines.delete(key);
      lines.set(key, line);
      void claim(key, line, room);
    }
    if (timer !== null) clearTimeout(timer);
    timer = next === Number.POSITIVE_INFINITY || stopped ? null : setTimeout(run, Math.max(1, next - Date.now()));
    if (claims === 0 && open === 0 && recorder.idle() && (stopped || next > Date.now())) {
      for (const resolve of waitingForIdle.splice(0)) resolve();
    }
  };

  const claim = async (key: string, line: Line, room: number): Promise<void> => {
    const { tenantId, our } = line;
    claims++;
    count(tenantId, room);
    line.busy = true;
    line.again = false;
    let begun: Attempt[] = [];
    try {
      const taken = await core.database.withTenant(tenantId, async (tx) => {
        const turn = await takeSends(tx, pacer, { our, most: room, processId: core.processId, emulated });
        return { turn, attempts: await beginAttempts(core, tx, turn.sends) };
      });
      begun = taken.attempts;
      line.wakeAt = Date.now() + Math.min(taken.turn.waitMs, LONGEST_SLEEP_MS);
      line.long = taken.turn.more;
      if (!taken.turn.more && taken.turn.waitMs === 0 && !line.again) lines.delete(key);
    } catch (error) {
      core.log.warn({ err: error, tenantId }, 'texts could not be taken from their queue; trying again');
      line.wakeAt = Date.now() + REST_MS;
    }
    line.busy = false;
    claims--;
    count(tenantId, begun.length - room);
    // One credential for the whole batch.
    const accounts = new Map<string, Promise<CarrierAccount>>();
    const accountOf = (id: string) => {
      const known = accounts.get(id) ?? core.directory.account(tenantId, id);
      accounts.set(id, known);
      return known;
    };
    for (const attempt of begun) follow(attempt, tenantId, accountOf);
    run();
  };

  /** Calls after the one before to the same person, so that answers arrive in the order they were given. */
  const follow = (attempt: Attempt, tenantId: string, accountOf: AccountOf): void => {
    const thread = attempt.message.thread_id;
    const before = lastOfThread.get(thread);
    const mine =
      before === undefined ? call(attempt, tenantId, accountOf) : before.then(() => call(attempt, tenantId, accountOf));
    lastOfThread.set(thread, mine);
    void mine.then(() => {
      if (lastOfThread.get(thread) === mine) lastOfThread.delete(thread);
    });
  };

  const call = async (attempt: Attempt, tenantId: string, accountOf: AccountOf): Promise<void> => {
    const outcome = await callCarrier(core, attempt, accountOf);
    count(tenantId, -1);
    recorder.add(tenantId, { attempt, outcome });
    run();
  };

  const announce = (tenantId: string, our: string) => {
    if (stopped) return;
    const key = `${tenantId} ${our}`;
    const line = lines.get(key);
    if (line === undefined) lines.set(key, { tenantId, our, wakeAt: 0, busy: false, again: false, long: false });
    else line.again = true;
    run();
  };

  const sweep = async () => {
    const { due, expired } = await core.database.withPlatform(async (tx) => ({
      due: await tx.query<{ tenant_id: string; our_address: string }>('select * from numbers_with_sends_due()'),
      expired: await tx.query<{ tenant_id: string }>(
        'select distinct tenant_id from send_queue where expires_at <= clock_timestamp()',
      ),
    }));
    for (const { tenant_id: tenantId } of expired) {
      await core.database.withTenant(tenantId, async (tx) => {
        const ids = await takeExpired(tx, EXPIRED_AT_ONCE);
        if (ids.length > 0) await failExpired(core, tx, ids);
      });
    }
    for (const { tenant_id, our_address } of due) announce(tenant_id, our_address);
  };
  let sweeping: Promise<void> = Promise.resolve();
  const sweepQuietly = () => {
    sweeping = sweeping.then(sweep).catch((error: unknown) => {
      core.log.warn({ err: error }, 'the queue of texts could not be looked through; trying again');
    });
    return sweeping;
  };
  const sweeper = setInterval(sweepQuietly, SWEEP_MS);
  core.sends.listen(announce);
  void sweepQuietly();

  const idle = () =>
    new Promise<void>((resolve) => {
      waitingForIdle.push(resolve);
      run();
    });
  return {
    async settled() {
      await sweepQuietly();
      await idle();
    },
    async stop() {
      stopped = true;
      clearInterval(sweeper);
      core.sends.listen(() => undefined);
      await sweeping;
      await idle();
      recorder.stop();
    },
  };
}

type AccountOf = (id: string) => Promise<CarrierAccount>;

/** Calls the carrier once, whatever happens. */
async function callCarrier(
  core: MessagingCore,
  { message, expiresAt, service }: Attempt,
  accountOf: AccountOf,
): Promise<SendOutcome> {
  let account: CarrierAccount;
  try {
    account = await accountOf(message.carrier_account_id);
  } catch (error) {
    core.log.warn(
      { err: error, messageId: message.id },
      'the carrier account of a text could not be read; the text is tried again',
    );
    const words = 'The carrier account could not be read.';
    return { kind: 'failed', error: { code: 'unreachable', class: 'TRANSIENT', words }, retry: true };
  }
  const carrier = core.carriers(account.carrier);
  return carrier.send(account, {
    from: message.our_address,
    to: message.their_address,
    body: message.body,
    ...(service === null ? {} : { service }),
    validitySeconds: (expiresAt.getTime() - Date.now()) / 1000,
    mediaUrls: message.media.map(
      ({ id }) =>
        `${core.publicUrl}${core.mediaLinks.pathOf({ tenantId: account.tenantId, id }, Date.now() + MEDIA_FOR_MS)}`,
    ),
    statusCallback: carrier.reportUrl(core.publicUrl, message.id),
  });
}
