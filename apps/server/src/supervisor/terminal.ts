/** Where the children's lines go: all of them into files, the important ones on the terminal. */
import path from 'node:path';
import { LogFile } from './log-file.ts';
import { atLeast, formatLine, type LogLevel, readLine } from './log-lines.ts';

export class Terminal {
  readonly #folder: string;
  readonly #files = new Map<string, LogFile>();
  readonly #write: (text: string) => void;
  readonly #level: LogLevel;
  #calm = true;

  /** @param level the least severe lines that are shown once everything runs; until then, and while ending, only warnings are. */
  constructor(dataDir: string, level: LogLevel, write: (text: string) => void) {
    this.#folder = path.join(dataDir, 'logs');
    this.#level = level;
    this.#write = write;
  }

  /** A line that a part printed. */
  child = (part: string, line: string): void => {
    this.#file(part).write(line);
    const read = readLine(line);
    if (atLeast(read.level, this.#calm && atLeast('warn', this.#level) ? 'warn' : this.#level)) {
      this.#write(formatLine(part, read, new Date()));
    }
  };

  /** The supervisor's own word about a part. */
  event = (part: string, text: string): void => {
    this.#file('supervisor').write(`${new Date().toISOString()} ${part}: ${text}`);
    this.#write(formatLine(part, { level: 'warn', text }, new Date()));
  };

  /** Progress and greetings, as they are. */
  say = (text: string): void => {
    this.#write(text);
  };

  /** While calm, only warnings are shown. */
  set calm(value: boolean) {
    this.#calm = value;
  }

  #file(part: string): LogFile {
    const known = this.#files.get(part);
    if (known !== undefined) return known;
    const file = new LogFile(path.join(this.#folder, `${part.replaceAll(' ', '-')}.log`));
    this.#files.set(part, file);
    return file;
  }
}
