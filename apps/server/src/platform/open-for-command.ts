import type { Pool } from 'pg';
import { type Database, openDoors } from './database/doors.ts';
import { type DatabaseRole, openPool, urlForRole } from './database/pools.ts';
import { runningPostgresUrl, startPostgres } from './postgres-server.ts';
import type { Secrets } from './secrets/secrets.ts';

/** The database as a command of the terminal uses it. */
export interface CommandDatabase {
  database: Database;
  /** Signs in as patchline_auth. */
  authPool: Pool;
  /** The owner's connection string. */
  url: string;
  close(): Promise<void>;
}

/** Opens the database of a running Patchline, or of DATABASE_URL; the embedded one is started for it if need be. */
export async function openForCommand(
  settings: { databaseUrl: string | null; dataDir: string },
  secrets: Pick<Secrets, 'databasePassword'>,
  prepare: (url: string) => Promise<void> = async () => undefined,
): Promise<CommandDatabase> {
  const running = settings.databaseUrl ?? runningPostgresUrl(settings.dataDir);
  const server = running === null ? await startPostgres({ dataDir: settings.dataDir, log: () => undefined }) : null;
  const url = running ?? server?.url() ?? '';
  await prepare(url);
  const open = (role: DatabaseRole) => openPool(urlForRole(url, role, secrets.databasePassword(role)), role, 2);
  const pools = { app: open('patchline_app'), platform: open('patchline_platform'), auth: open('patchline_auth') };
  return {
    database: openDoors(pools),
    authPool: pools.auth,
    url,
    async close() {
      await Promise.all(Object.values(pools).map((pool) => pool.end()));
      await server?.stop();
    },
  };
}
