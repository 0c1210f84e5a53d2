import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { SUPERUSER_ROLE } from '../postgres-server.ts';
import { type Database, openDoors } from './doors.ts';
import { migrate, migrationsHash } from './migrate.ts';
import { openPool, urlForRole } from './pools.ts';

/** The variable in which the test runner leaves the address of its throw-away PostgreSQL (owner role, any database). */
export const TEST_POSTGRES = 'PATCHLINE_TEST_POSTGRES';

/** Tests sign in to a throw-away server over its private socket, where any password is right. */
const testPassword = () => 'test';

/** One maker or cloner of templates at a time, in the whole server. The number is arbitrary but fixed. */
const TEMPLATE_LOCK = 724_391_106;

/** The database that tests' own are cloned from: made by the first test that needs it, named by the migrations in it. */
async function cloneTemplate(serverUrl: string, name: string): Promise<void> {
  const template = `patchline_${await migrationsHash()}`;
  await withClient(serverUrl, async (client) => {
    // PostgreSQL refuses to clone a database that another session is using: they stand in line here.
    await client.query('select pg_advisory_lock($1)', [TEMPLATE_LOCK]);
    const { rowCount } = await client.query('select 1 from pg_database where datname = $1', [template]);
    if (rowCount === 0) {
      const unfinished = `${template}_unfinished`;
      await client.query(`drop database if exists ${unfinished} with (force)`);
      await client.query(`create database ${unfinished}`);
      await migrate(databaseUrl(serverUrl, unfinished), testPassword);
      await client.query(`alter database ${unfinished} rename to ${template}`);
    }
    await client.query(`create database ${name} template ${template} strategy file_copy`);
  });
}

export interface TestDatabase extends Database {
  /** The owner's connection string. */
  url: string;
  pools: Record<'app' | 'platform' | 'auth' | 'jobs', pg.Pool>;
  /** Runs one statement as the superuser, past row-level security (which binds the owner too): for looking at what was stored. */
  peek<Row extends pg.QueryResultRow>(text: string, values?: unknown[]): Promise<Row[]>;
  drop(): Promise<void>;
}

/** A fresh, migrated database, cloned from the template in some tens of milliseconds. */
export async function createTestDatabase(): Promise<TestDatabase> {
  const serverUrl = process.env[TEST_POSTGRES];
  if (serverUrl === undefined) throw new Error(`${TEST_POSTGRES} is not set: run tests through npm test or npx vitest`);
  const name = `test_${randomBytes(8).toString('hex')}`;
  await cloneTemplate(serverUrl, name);
  const url = databaseUrl(serverUrl, name);
  const pools = {
    app: openPool(urlForRole(url, 'patchline_app', 'test'), 'patchline_app', 8),
    platform: openPool(urlForRole(url, 'patchline_platform', 'test'), 'patchline_platform', 4),
    auth: openPool(urlForRole(url, 'patchline_auth', 'test'), 'patchline_auth', 2),
    jobs: openPool(urlForRole(url, 'patchline_jobs', 'test'), 'patchline_jobs', 6),
  };
  const peeker = new pg.Pool({
    connectionString: urlForUser(url, SUPERUSER_ROLE),
    max: 1,
    options: '-c search_path=patchline,auth,public',
  });
  peeker.on('error', () => undefined);
  return {
    ...openDoors(pools),
    url,
    pools,
    peek: async (text, values) => (await peeker.query(text, values)).rows,
    drop: async () => {
      await Promise.all([peeker, ...Object.values(pools)].map((pool) => pool.end()));
      // Only the superuser may end what a test left connected under another role.
      await withClient(urlForUser(serverUrl, SUPERUSER_ROLE), (client) =>
        client.query(`drop database if exists ${name} with (force)`),
      );
    },
  };
}

function urlForUser(databaseUrl: string, user: string): string {
  const url = new URL(databaseUrl);
  url.username = user;
  return url.toString();
}

function databaseUrl(serverUrl: string, database: string): string {
  const url = new URL(serverUrl);
  url.pathname = `/${database}`;
  return url.toString();
}

async function withClient<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}
