/** A part of the product that the supervisor keeps running: PostgreSQL, the hot tier, the server, the emulator. */

export type Exit = { code: number | null; signal: NodeJS.Signals | null };

export type RunningPart = {
  pid: number;
  /** Settles when it has ended, asked or not. */
  exited: Promise<Exit>;
  /** Asks it to end, and ends it after `patience` milliseconds. */
  stop(patience: number): Promise<void>;
};

export type Part = {
  name: string;
  /** Parts that must be ready before this one starts. */
  needs: readonly string[];
  /**
   * Starts it; resolves when it is ready.
   * @param signal aborted when the start is no longer wanted: then nothing is left running and the promise rejects.
   * @throws EndedEarly when it ended before it was ready; anything else that went wrong.
   */
  start(signal: AbortSignal): Promise<RunningPart>;
};

/** A part ended before it was ready. `lastLines` is what it said. */
export class EndedEarly extends Error {
  override name = 'EndedEarly';
  readonly exit: Exit;
  readonly lastLines: readonly string[];

  constructor(part: string, exit: Exit, lastLines: readonly string[]) {
    super(`The ${part} ended before it was ready (${describeExit(exit)})`);
    this.exit = exit;
    this.lastLines = lastLines;
  }
}

export function describeExit({ code, signal }: Exit): string {
  return signal === null ? `exit code ${code ?? 'unknown'}` : `killed by ${signal}`;
}
