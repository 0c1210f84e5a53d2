/** The emulator's clock. Tests and the handset page can make it run faster or jump ahead; it never goes back. */
export interface Clock {
  /** Milliseconds since 1970 on this clock. */
  now(): number;
  /** How many of this clock's seconds pass in one real second. */
  readonly rate: number;
}

export class MovableClock implements Clock {
  #base: number;
  #realBase: number;
  #rate = 1;
  readonly #real: () => number;
  readonly #listeners = new Set<() => void>();

  constructor(real: () => number = Date.now) {
    this.#real = real;
    this.#base = real();
    this.#realBase = real();
  }

  get rate(): number {
    return this.#rate;
  }

  /** Difference to real time, in milliseconds. */
  get offsetMs(): number {
    return this.now() - this.#real();
  }

  now(): number {
    return Math.floor(this.#base + (this.#real() - this.#realBase) * this.#rate);
  }

  /** Runs the clock at `rate` times real speed from now on. */
  setRate(rate: number): void {
    this.#rebase();
    this.#rate = rate;
    this.#changed();
  }

  /** Jumps ahead by `ms` milliseconds; whatever falls due on the way happens at once. */
  advance(ms: number): void {
    this.#rebase();
    this.#base += ms;
    this.#changed();
  }

  onChange(listener: () => void): void {
    this.#listeners.add(listener);
  }

  #rebase(): void {
    this.#base = this.now();
    this.#realBase = this.#real();
  }

  #changed(): void {
    for (const listener of this.#listeners) listener();
  }
}
