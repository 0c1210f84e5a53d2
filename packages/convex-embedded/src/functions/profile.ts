/** How often a function ran and how long it took, in milliseconds; nested calls included. */
export interface FunctionTimes {
  runs: number;
  errors: number;
  totalMs: number;
  slowestMs: number;
}

/** Times of all functions that have run, for the inspector. */
export class Profile {
  readonly byPath = new Map<string, FunctionTimes>();

  /** Adds one run. Only for functions that exist, so that callers cannot fill it with names. */
  add(path: string, ms: number, failed: boolean): void {
    let times = this.byPath.get(path);
    if (!times) {
      times = { runs: 0, errors: 0, totalMs: 0, slowestMs: 0 };
      this.byPath.set(path, times);
    }
    times.runs++;
    if (failed) times.errors++;
    times.totalMs += ms;
    if (ms > times.slowestMs) times.slowestMs = ms;
  }

  /** The slowest functions first. */
  slowest(count: number): ({ path: string; meanMs: number } & FunctionTimes)[] {
    return [...this.byPath]
      .map(([path, times]) => ({ path, meanMs: times.totalMs / times.runs, ...times }))
      .sort((a, b) => b.slowestMs - a.slowestMs)
      .slice(0, count);
  }
}
