/** Counts and times of one runtime, readable as JSON and as Prometheus text. */
export class Metrics {
  queriesRun = 0;
  queriesRerun = 0;
  /** Subscriptions that were served by a run that another one had made. */
  queriesShared = 0;
  /** Re-runs whose result was equal to the last, so that nothing was sent. */
  resultsUnchanged = 0;
  mutationsRun = 0;
  actionsRun = 0;
  functionErrors = 0;
  conflicts = 0;
  commits = 0;
  duplicateRequests = 0;
  scheduledRun = 0;
  transitions = 0;
  bytesSent = 0;
  socketsOpen = 0;
  socketsOpened = 0;
  socketsRefused = 0;
  slowSockets = 0;
  liveQueries = 0;
  /** Bytes at the end of the log that a crash had cut short, dropped at start. */
  droppedBytes = 0;
  syncs = 0;
  syncSeconds = 0;
  /** From a commit in memory to its being durable. */
  readonly commitSeconds = new Histogram();
  readonly queryRunSeconds = new Histogram();
  readonly flushSeconds = new Histogram();

  /** All figures as one flat object. */
  toJSON(): Record<string, number> {
    const out: Record<string, number> = {};
    for (const [name, value] of Object.entries(this)) {
      if (typeof value === 'number') out[name] = value;
      else if (value instanceof Histogram) Object.assign(out, value.summary(name));
    }
    return out;
  }

  /** The same figures in the text format of Prometheus. */
  toPrometheus(): string {
    let out = '';
    for (const [name, value] of Object.entries(this)) {
      const metric = `convex_embedded_${name.replace(/[A-Z]/g, (c) => `_${c.toLowerCase()}`)}`;
      if (typeof value === 'number') out += `${metric} ${value}\n`;
      else if (value instanceof Histogram) out += value.toPrometheus(metric);
    }
    return out;
  }
}

const BOUNDS = [
  0.00005, 0.000075, 0.0001, 0.00015, 0.0002, 0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1,
];

/** Times in seconds, in fixed buckets. */
export class Histogram {
  private readonly buckets = new Array<number>(BOUNDS.length + 1).fill(0);
  private count = 0;
  private sum = 0;

  /** Adds one time. */
  observe(seconds: number): void {
    let i = 0;
    while (i < BOUNDS.length && seconds > (BOUNDS[i] as number)) i++;
    this.buckets[i] = (this.buckets[i] as number) + 1;
    this.count++;
    this.sum += seconds;
  }

  /** Count, mean and the bounds of the buckets that hold the median and the 99th percentile. */
  summary(name: string): Record<string, number> {
    return {
      [`${name}Count`]: this.count,
      [`${name}Mean`]: this.count === 0 ? 0 : this.sum / this.count,
      [`${name}P50`]: this.quantile(0.5),
      [`${name}P99`]: this.quantile(0.99),
    };
  }

  private quantile(q: number): number {
    let left = this.count * q;
    for (let i = 0; i < BOUNDS.length; i++) {
      left -= this.buckets[i] as number;
      if (left <= 0) return this.count === 0 ? 0 : (BOUNDS[i] as number);
    }
    return Number.POSITIVE_INFINITY;
  }

  toPrometheus(metric: string): string {
    let cumulative = 0;
    let out = '';
    BOUNDS.forEach((bound, i) => {
      cumulative += this.buckets[i] as number;
      out += `${metric}_bucket{le="${bound}"} ${cumulative}\n`;
    });
    return `${out}${metric}_bucket{le="+Inf"} ${this.count}\n${metric}_sum ${this.sum}\n${metric}_count ${this.count}\n`;
  }
}
