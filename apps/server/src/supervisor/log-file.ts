import { appendFileSync, existsSync, mkdirSync, renameSync, statSync } from 'node:fs';
import path from 'node:path';

const LARGEST_BYTES = 10 * 1024 * 1024;
const OLD_FILES = 4;

/** A log file that is moved aside when it reaches 10 MB (`server.log.1` is the newest of four old ones). */
export class LogFile {
  readonly #file: string;
  readonly #largest: number;
  #size: number;

  /** @param largest bytes after which the file is moved aside. */
  constructor(file: string, largest = LARGEST_BYTES) {
    mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 });
    this.#file = file;
    this.#largest = largest;
    this.#size = existsSync(file) ? statSync(file).size : 0;
  }

  /** Appends at once: after a crash the last lines are the ones that count. */
  write(line: string): void {
    const bytes = Buffer.from(`${line}\n`);
    if (this.#size > 0 && this.#size + bytes.length > this.#largest) this.#rotate();
    appendFileSync(this.#file, bytes, { mode: 0o600 });
    this.#size += bytes.length;
  }

  #rotate(): void {
    for (let number = OLD_FILES; number > 0; number--) {
      const from = number === 1 ? this.#file : `${this.#file}.${number - 1}`;
      if (existsSync(from)) renameSync(from, `${this.#file}.${number}`);
    }
    this.#size = 0;
  }
}
