import type { MovableClock } from './clock.ts';

interface Entry {
  due: number;
  order: number;
  run: () => void;
}

/** setTimeout's longest delay; beyond it Node fires at once. */
const LONGEST_TIMER = 2 ** 31 - 1;

/**
 * Runs work at times of the emulator's clock: one binary heap and one real timer, because a send has three steps and
 * 1,500 sends a second would otherwise keep thousands of timers. Work due at the same time runs in the order it came.
 */
export class Scheduler {
  readonly #clock: MovableClock;
  readonly #heap: Entry[] = [];
  #timer: NodeJS.Timeout | undefined;
  #timerDue = Number.POSITIVE_INFINITY;
  #order = 0;
  #stopped = false;

  constructor(clock: MovableClock) {
    this.#clock = clock;
    clock.onChange(() => this.#arm(true));
  }

  /** Runs `run` when the clock reaches `due` (milliseconds since 1970). Errors thrown by `run` are the process's. */
  at(due: number, run: () => void): void {
    if (this.#stopped) return;
    const heap = this.#heap;
    heap.push({ due, order: this.#order++, run });
    let i = heap.length - 1;
    while (i > 0) {
      const parent = (i - 1) >> 1;
      if (!before(heap[i] as Entry, heap[parent] as Entry)) break;
      swap(heap, i, parent);
      i = parent;
    }
    this.#arm(false);
  }

  clear(): void {
    this.#heap.length = 0;
    this.#arm(true);
  }

  stop(): void {
    this.#stopped = true;
    this.clear();
  }

  #arm(again: boolean): void {
    const first = this.#heap[0];
    if (!first) {
      clearTimeout(this.#timer);
      this.#timerDue = Number.POSITIVE_INFINITY;
      return;
    }
    if (!again && first.due >= this.#timerDue) return;
    clearTimeout(this.#timer);
    this.#timerDue = first.due;
    const real = Math.max(0, Math.ceil((first.due - this.#clock.now()) / this.#clock.rate));
    this.#timer = setTimeout(() => this.#runDue(), Math.min(real, LONGEST_TIMER));
  }

  #runDue(): void {
    this.#timerDue = Number.POSITIVE_INFINITY;
    const now = this.#clock.now();
    for (let first = this.#heap[0]; first && first.due <= now; first = this.#heap[0]) {
      this.#pop();
      first.run();
    }
    this.#arm(true);
  }

  #pop(): void {
    const heap = this.#heap;
    const last = heap.pop() as Entry;
    if (heap.length === 0) return;
    heap[0] = last;
    let i = 0;
    for (;;) {
      const left = 2 * i + 1;
      if (left >= heap.length) return;
      const right = left + 1;
      const child = right < heap.length && before(heap[right] as Entry, heap[left] as Entry) ? right : left;
      if (!before(heap[child] as Entry, heap[i] as Entry)) return;
      swap(heap, i, child);
      i = child;
    }
  }
}

function before(a: Entry, b: Entry): boolean {
  return a.due < b.due || (a.due === b.due && a.order < b.order);
}

function swap(heap: Entry[], i: number, j: number): void {
  const held = heap[i] as Entry;
  heap[i] = heap[j] as Entry;
  heap[j] = held;
}
