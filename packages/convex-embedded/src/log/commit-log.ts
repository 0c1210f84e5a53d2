import type { Commit } from '../store.ts';

/** Where commits go to become durable. */
export interface CommitLog {
  /** Adds a commit. Commits become durable in the order in which they are added. */
  append(commit: Commit): void;
  /** A table has got its number. */
  addTable(name: string, number: number): void;
  /** Called with the timestamp up to which everything is safe. */
  onDurable(listener: (ts: bigint) => void): void;
  /** Called if the log cannot be written; nothing is acknowledged any more after that. */
  onFailure(listener: (error: Error) => void): void;
  /** Writes everything and closes the files. */
  close(): Promise<void>;
}
