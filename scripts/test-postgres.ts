/**
 * Vitest's global set-up for tests that need a database: one throw-away PostgreSQL for the whole run, in the system's temporary folder.
 * Tests find it by the environment variable PATCHLINE_TEST_POSTGRES (a connection string of a role that may create databases and roles)
 * and make databases of their own in it. PATCHLINE_TEST_DURABLE=1 leaves fsync on, for tests that kill the server.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type PostgresServer, startPostgres } from '../apps/server/src/platform/postgres-server.ts';

export default async function startTestPostgres(): Promise<(() => Promise<void>) | undefined> {
  // Somebody (scripts/test.mjs, a developer) brought one already.
  if (process.env.PATCHLINE_TEST_POSTGRES) return undefined;

  const folder = mkdtempSync(path.join(tmpdir(), 'patchline-test-'));
  const lines: string[] = [];
  let server: PostgresServer;
  try {
    server = await startPostgres({
      dataDir: folder,
      durable: process.env.PATCHLINE_TEST_DURABLE === '1',
      log: (line) => lines.push(line),
    });
  } catch (error) {
    rmSync(folder, { recursive: true, force: true });
    throw error;
  }
  process.env.PATCHLINE_TEST_POSTGRES = server.url();
  return async () => {
    delete process.env.PATCHLINE_TEST_POSTGRES;
    await server.stop('immediate');
    rmSync(folder, { recursive: true, force: true });
  };
}
