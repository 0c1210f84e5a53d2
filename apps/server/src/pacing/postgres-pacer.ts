import { leadOf } from '@patchline/domain/sending-rates';
import type { Pacer } from './pacer.ts';

/**
 * Keeps the pace in PostgreSQL, in the transaction that begins the attempts: what is rolled back has not been sent.
 * `now` (milliseconds) stands in for the database's clock in tests.
 */
export function createPostgresPacer(options: { now?: () => number } = {}): Pacer {
  return {
    async take(tx, limits, segments) {
      const row = await tx.first<{ granted: number; wait_ms: number }>('select * from pace_sends($1, $2, $3, $4, $5)', [
        limits.map(({ key }) => key),
        limits.map(({ segmentsPerSecond }) => segmentsPerSecond),
        limits.map(leadOf),
        segments,
        options.now?.() ?? null,
      ]);
      if (row === null) throw new Error('pace_sends gave no row');
      return { granted: row.granted, waitMs: row.wait_ms };
    },
    close: async () => undefined,
  };
}
