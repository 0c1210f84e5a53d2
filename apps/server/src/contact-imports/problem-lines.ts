import { Readable } from 'node:stream';
import type { Database } from '../platform/database/doors.ts';
import { writeRow } from './csv.ts';
import type { ImportRecord } from './import-records.ts';

const ROWS_AT_ONCE = 2_000;

/** The heading of what is wrong. Beside it stand the row's own columns, as they were. */
export const PROBLEM_HEADING = 'problem';

/** The rows that were not taken, as a file: the columns as they stood there, and what is wrong with each. */
export function problemLines(database: Database, tenantId: string, found: ImportRecord): Readable {
  async function* lines() {
    yield `\ufeff${writeRow([...found.header, PROBLEM_HEADING])}`;
    for (let after = 0; ; ) {
      const rows = await database.withTenant(tenantId, (tx) =>
        tx.query<{ row: number; cells: string[]; problem: string }>(
          `select row, cells, problem from contact_import_problems
           where tenant_id = $1 and import_id = $2 and row > $3 order by row limit ${ROWS_AT_ONCE}`,
          [tenantId, found.id, after],
        ),
      );
      const last = rows.at(-1);
      if (last === undefined) return;
      yield rows
        .map(({ cells, problem }) => writeRow([...found.header.map((_, i) => cells[i] ?? ''), problem]))
        .join('');
      after = last.row;
    }
  }
  return Readable.from(lines());
}
