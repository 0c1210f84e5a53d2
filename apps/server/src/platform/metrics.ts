import { collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';

export interface PoolNumbers {
  totalCount: number;
  idleCount: number;
  waitingCount: number;
}

/** The numbers of one process, in Prometheus' form. Features add theirs to `registry`. */
export interface Metrics {
  registry: Registry;
  /** Notes one answered request; `route` is the pattern, never the address, which would name people. */
  observeRequest(labels: { method: string; route: string; status: number }, seconds: number): void;
  /** Shows a pool's connections under `name`. */
  watchPool(name: string, pool: PoolNumbers): void;
}

export function createMetrics(): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const requests = new Histogram({
    name: 'patchline_http_request_seconds',
    help: 'Time from a request to its answer, in seconds.',
    labelNames: ['method', 'route', 'status'] as const,
    buckets: [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    registers: [registry],
  });
  const pools = new Map<string, PoolNumbers>();
  new Gauge({
    name: 'patchline_database_connections',
    help: 'Connections of a database pool by state; waiting is requests for one.',
    labelNames: ['pool', 'state'] as const,
    registers: [registry],
    collect() {
      for (const [pool, { totalCount, idleCount, waitingCount }] of pools) {
        this.set({ pool, state: 'busy' }, totalCount - idleCount);
        this.set({ pool, state: 'idle' }, idleCount);
        this.set({ pool, state: 'waiting' }, waitingCount);
      }
    },
  });
  return {
    registry,
    observeRequest: ({ method, route, status }, seconds) => requests.observe({ method, route, status }, seconds),
    watchPool: (name, pool) => pools.set(name, pool),
  };
}
