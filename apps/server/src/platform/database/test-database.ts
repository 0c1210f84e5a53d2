import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { type Database, openDoors } from './doors.ts';
import { migrate } from './migrate.ts';
import { openPool, urlForRole } from './pools.ts';

/** The variable in which the test runner leaves the address of its throw-away PostgreSQL (owner role, any database). */
export const TEST_POSTGRES = 'PATCHLINE_TEST_POSTGRES';

const TEMPLATE = 'patchline_template';

/** Tests sign in to a throw-away server over its private socket, where any password is right. */
const testPassword = () => 'test';

/** Makes the database that every test's own is cloned from. Called once, before the tests. */
export async function prepareTemplate(serverUrl: string): Promise<void> {
  await withOwner(serverUrl, async (client) => {
    await client.query(`drop database if exists ${TEMPLATE}`);
    await client.query(`create database ${TEMPLATE}`);
  });
  await migrate(databaseUrl(serverUrl, TEMPLATE), testPassword);
}

export interface TestDatabase extends Database {
  /** The owner's connection string. */
  url: string;
  pools: Record<'app' | 'platform' | 'auth' | 'jobs', pg.Pool>;
  /** Runs one statement as the owner, past row-level security: for looking at what was stored. */
  peek<Row extends pg.QueryResultRow>(text: string, values?: unknown[]): Promise<Row[]>;
  drop(): Promise<void>;
}

/** A fresh, migrated database, cloned from the template in some tens of milliseconds. */
export async function createTestDatabase(): Promise<TestDatabase> {
  const serverUrl = process.env[TEST_POSTGRES];
  if (serverUrl === undefined) throw new Error(`${TEST_POSTGRES} is not set: run tests through npm test or npx vitest`);
  const name = `test_${randomBytes(8).toString('hex')}`;
  await withOwner(serverUrl, (client) => cloneTemplate(client, name));
  const url = databaseUrl(serverUrl, name);
  const pools = {
    app: openPool(urlForRole(url, 'patchline_app', 'test'), 'patchline_app', 8),
    platform: openPool(urlForRole(url, 'patchline_platform', 'test'), 'patchline_platform', 4),
    auth: openPool(urlForRole(url, 'patchline_auth', 'test'), 'patchline_auth', 2),
    jobs: openPool(urlForRole(url, 'patchline_jobs', 'test'), 'patchline_jobs', 6),
  };
  const owner = new pg.Pool({ connectionString: url, max: 1, options: '-c search_path=patchline,auth,public' });
  owner.on('error', () => undefined);
  return {
    ...openDoors(pools),
    url,
    pools,
    peek: async (text, values) => (await owner.query(text, values)).rows,
    drop: async () => {
      await Promise.all([owner, ...Object.values(pools)].map((pool) => pool.end()));
      await withOwner(serverUrl, (client) => client.query(`drop database if exists ${name} with (force)`));
    },
  };
}

/** PostgreSQL refuses to clone a database while another clone of it is being made: a queue in the server puts them in line. */
async function cloneTemplate(client: pg.Client, name: string): Promise<void> {
  await client.query('select pg_advisory_lock(1)');
  await client.query(`create database ${name} template ${TEMPLATE} strategy file_copy`);
}

function databaseUrl(serverUrl: string, database: string): string {
  const url = new URL(serverUrl);
  url.pathname = `/${database}`;
  return url.toString();
}

async function withOwner<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}
