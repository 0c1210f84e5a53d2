/**
 * Keeps parts running.
 *
 * Each part goes round: waiting for the parts it needs → starting → ready → ended → (a pause) → waiting… until it is stopped.
 * The pause after an unexpected end begins at 0.1 s and doubles up to 5 s while the part keeps ending within 10 s.
 * Before everything has been ready once, a part that ends by itself is a reason to stop: it will say the same next time.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { describeExit, EndedEarly, type Part, type RunningPart } from './part.ts';

export type SupervisorOptions = {
  parts: readonly Part[];
  /** Groups of part names; a group is stopped together, one after another, each with its patience in milliseconds. */
  stopOrder: readonly { names: readonly string[]; patience: number }[];
  /** Told of restarts. */
  log: (part: string, text: string) => void;
  onReady?: (part: string) => void;
};

const FIRST_PAUSE = 100;
const LONGEST_PAUSE = 5_000;
const STEADY_AFTER = 10_000;

type Slot = {
  part: Part;
  ready: PromiseWithResolvers<void>;
  isReady: boolean;
  running: RunningPart | null;
  abort: AbortController;
  loop: Promise<void>;
};

export class Supervisor {
  readonly #options: SupervisorOptions;
  readonly #slots = new Map<string, Slot>();
  readonly #failed = Promise.withResolvers<never>();
  #everythingWasReady = false;
  #stopping: Promise<void> | null = null;

  constructor(options: SupervisorOptions) {
    this.#options = options;
    // Reported by start(); a failure that nobody waits for any more is no crash.
    this.#failed.promise.catch(() => undefined);
    for (const part of options.parts) {
      const slot = {
        part,
        ready: Promise.withResolvers<void>(),
        isReady: false,
        running: null,
        abort: new AbortController(),
        loop: Promise.resolve(),
      };
      this.#slots.set(part.name, slot);
    }
  }

  /** Resolves when every part is ready. @throws what kept a part from starting. */
  async start(): Promise<void> {
    for (const slot of this.#slots.values()) slot.loop = this.#keep(slot);
    const all = Promise.all([...this.#slots.values()].map((slot) => slot.ready.promise));
    await Promise.race([all, this.#failed.promise]);
    this.#everythingWasReady = true;
  }

  /** Process number of a part that runs. */
  pid(name: string): number | null {
    return this.#slots.get(name)?.running?.pid ?? null;
  }

  /** Ends every part, group by group. The same promise for every caller. */
  stop(): Promise<void> {
    this.#stopping ??= this.#stopAll();
    return this.#stopping;
  }

  async #stopAll(): Promise<void> {
    for (const { names, patience } of this.#options.stopOrder) {
      const slots = names.map((name) => this.#slots.get(name)).filter((slot) => slot !== undefined);
      await Promise.all(
        slots.map(async (slot) => {
          slot.abort.abort();
          await slot.running?.stop(patience);
          await slot.loop;
        }),
      );
    }
  }

  async #keep(slot: Slot): Promise<void> {
    const { part, abort } = slot;
    let pause = 0;
    while (!this.#over(slot)) {
      try {
        await this.#needsReady(slot);
        const running = await part.start(abort.signal);
        const began = Date.now();
        slot.running = running;
        slot.isReady = true;
        slot.ready.resolve();
        this.#options.onReady?.(part.name);
        const exit = await running.exited;
        slot.running = null;
        slot.isReady = false;
        slot.ready = Promise.withResolvers<void>();
        if (this.#over(slot)) return;
        pause = Date.now() - began > STEADY_AFTER ? FIRST_PAUSE : nextPause(pause);
        this.#options.log(part.name, `ended (${describeExit(exit)}) and is started again`);
      } catch (error) {
        if (this.#over(slot)) return;
        const killed = error instanceof EndedEarly && error.exit.signal !== null;
        if (!this.#everythingWasReady && !killed) {
          this.#failed.reject(error);
          return;
        }
        pause = nextPause(pause);
        this.#options.log(part.name, `does not start: ${error instanceof Error ? error.message : String(error)}`);
      }
      // An aborted pause is how a stop cuts it short; the loop's condition sees it.
      await sleep(pause, undefined, { signal: abort.signal }).catch(() => undefined);
    }
  }

  /** Waits until all needed parts are ready at the same time: one may go while another is waited for. */
  async #needsReady({ part, abort }: Slot): Promise<void> {
    const needed = part.needs.map((name) => this.#slots.get(name)).filter((slot) => slot !== undefined);
    const aborted = new Promise<never>((_, reject) => {
      abort.signal.addEventListener('abort', () => reject(abort.signal.reason), { once: true });
    });
    aborted.catch(() => undefined);
    for (;;) {
      const missing = needed.find((slot) => !slot.isReady);
      if (missing === undefined) return;
      await Promise.race([missing.ready.promise, aborted]);
    }
  }

  #over(slot: Slot): boolean {
    return this.#stopping !== null || slot.abort.signal.aborted;
  }
}

function nextPause(pause: number): number {
  return Math.min(pause === 0 ? FIRST_PAUSE : pause * 2, LONGEST_PAUSE);
}
