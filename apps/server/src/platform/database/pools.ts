import pg from 'pg';

/** The roles that the server signs in to PostgreSQL with, one pool each. */
export type DatabaseRole = 'patchline_app' | 'patchline_platform' | 'patchline_auth' | 'patchline_jobs';

export const DATABASE_ROLES: readonly DatabaseRole[] = [
  'patchline_app',
  'patchline_platform',
  'patchline_auth',
  'patchline_jobs',
];

const SEARCH_PATH: Record<DatabaseRole, string> = {
  patchline_app: 'patchline',
  patchline_platform: 'patchline',
  patchline_auth: 'auth',
  patchline_jobs: 'graphile_worker',
};

/** PostgreSQL's bigint as a JavaScript number: our counters stay far below 2^53, and a string would compare wrongly. */
const BIGINT_OID = 20;

/** The connection string of `role`, from the owner's: the same server and database, another user. */
export function urlForRole(ownerUrl: string, role: DatabaseRole, password: string): string {
  const url = new URL(ownerUrl);
  url.username = role;
  url.password = password;
  return url.toString();
}

/** A pool that signs in as `role`. `max` is its number of connections. */
export function openPool(url: string, role: DatabaseRole, max: number): pg.Pool {
  const pool = new pg.Pool({
    connectionString: url,
    max,
    application_name: `patchline:${role}`,
    options: `-c search_path=${SEARCH_PATH[role]}`,
    idleTimeoutMillis: 60_000,
    connectionTimeoutMillis: 10_000,
    types: {
      getTypeParser: ((oid: number, format?: 'text' | 'binary') =>
        oid === BIGINT_OID
          ? (value: string) => Number(value)
          : pg.types.getTypeParser(oid, format as 'text')) as typeof pg.types.getTypeParser,
    },
  });
  // A connection that dies while idle (PostgreSQL was restarted) is replaced on next use; without a listener it would
  // end the process.
  pool.on('error', () => undefined);
  // The same for one that dies while in use: its query fails, and that is where it is handled.
  pool.on('connect', (client) => client.on('error', () => undefined));
  return pool;
}
