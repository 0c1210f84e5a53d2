import type { Events, RequestEntry } from './events.ts';

const KEPT = 2000;

/** The last 2,000 requests both ways, in memory: what was asked, what was answered, and why. */
export class RequestLog {
  readonly #events: Events;
  readonly #ring: RequestEntry[] = [];
  #next = 0;

  constructor(events: Events) {
    this.#events = events;
  }

  add(entry: Omit<RequestEntry, 'id'>): void {
    const full: RequestEntry = { id: ++this.#next, ...entry };
    this.#ring[(full.id - 1) % KEPT] = full;
    this.#events.emit('request', full);
  }

  /** Newest first. */
  list(limit: number, wanted: (entry: RequestEntry) => boolean): RequestEntry[] {
    const found: RequestEntry[] = [];
    for (let id = this.#next; id > 0 && id > this.#next - KEPT && found.length < limit; id--) {
      const entry = this.#ring[(id - 1) % KEPT];
      if (entry && wanted(entry)) found.push(entry);
    }
    return found;
  }

  clear(): void {
    this.#ring.length = 0;
    this.#next = 0;
  }
}
