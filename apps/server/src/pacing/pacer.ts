import type { PaceLimit } from '@patchline/domain/sending-rates';
import type { TenantTransaction } from '../platform/database/doors.ts';

export interface Turn {
  /** How many of the waiting texts, from the first on, may leave now. */
  granted: number;
  /** Milliseconds until the next one may. */
  waitMs: number;
}

/** Keeps the pace of numbers, campaigns and accounts among all server processes. */
export interface Pacer {
  /**
   * Asks for the texts that wait at one number, given by their segments, in their order. What is granted counts as sent.
   * Throws when the store cannot be asked: then nothing may leave.
   */
  take(tx: TenantTransaction, limits: readonly PaceLimit[], segments: readonly number[]): Promise<Turn>;
  close(): Promise<void>;
}
