import { mkdirSync } from 'node:fs';
import { makeSocketDir, type PostgresServer, startPostgres } from '../platform/postgres-server.ts';
import type { Part } from './part.ts';

/** The embedded PostgreSQL as a part. Its address stays the same over restarts; `url()` works once it has been ready. */
export function postgresPart(dataDir: string, log: (line: string) => void): { part: Part; url(): string } {
  let server: PostgresServer | null = null;
  let socketDir: string | undefined;
  const part: Part = {
    name: 'postgres',
    needs: [],
    async start(signal) {
      socketDir ??= makeSocketDir(dataDir);
      mkdirSync(socketDir, { recursive: true, mode: 0o700 });
      const started = await startPostgres({ dataDir, log, socketDir, signal });
      server = started;
      return { pid: started.pid, exited: started.exited, stop: (patience) => started.stop('fast', patience) };
    },
  };
  return {
    part,
    url() {
      if (server === null) throw new Error('PostgreSQL has no address before it has started');
      return server.url();
    },
  };
}
