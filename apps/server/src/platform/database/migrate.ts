import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { runMigrations as runJobMigrations } from 'graphile-worker';
import pg from 'pg';
import { DATABASE_ROLES, type DatabaseRole, urlForRole } from './pools.ts';

const FOLDER = new URL('./migrations/', import.meta.url);

/** The advisory lock under which one process migrates while others wait. The number is arbitrary but fixed. */
const MIGRATION_LOCK = 724_391_105;

/**
 * Brings the database at `ownerUrl` up to date: roles, sign-in and job schemas, then every numbered migration that has
 * not run yet, each in its own transaction, all under one advisory lock.
 *
 * `passwordOf` gives each role's password (it is set anew each time, so that rotating the secret is enough).
 * `upTo`: the last number that runs; all unless a test wants an earlier version.
 * Throws when a migration that has run was changed afterwards, or when the database is newer than this build.
 */
export async function migrate(
  ownerUrl: string,
  passwordOf: (role: DatabaseRole) => string,
  upTo = Number.POSITIVE_INFINITY,
): Promise<void> {
  const client = new pg.Client({ connectionString: ownerUrl, application_name: 'patchline:migrate' });
  await client.connect();
  try {
    await client.query('select pg_advisory_lock($1)', [MIGRATION_LOCK]);
    await makeRoles(client, passwordOf);
    await client.query(
      'set client_min_messages = warning; create schema if not exists patchline; set search_path = patchline, public',
    );
    await runJobMigrations({
      connectionString: urlForRole(ownerUrl, 'patchline_jobs', passwordOf('patchline_jobs')),
      logger: quietLogger,
    });
    await runNumbered(client, upTo);
  } finally {
    await client.end();
  }
}

/** Tells one set of migrations from another: the name of the test template. */
export async function migrationsHash(): Promise<string> {
  const hash = createHash('sha256');
  for (const name of await migrationFiles()) hash.update(name).update(await readFile(new URL(name, FOLDER)));
  return hash.digest('hex').slice(0, 16);
}

async function migrationFiles(): Promise<string[]> {
  return (await readdir(FOLDER)).filter((name) => name.endsWith('.sql')).sort();
}

async function makeRoles(client: pg.Client, passwordOf: (role: DatabaseRole) => string): Promise<void> {
  for (const role of DATABASE_ROLES) {
    // Roles belong to the whole server: another database of it may be making the same one at this moment.
    await client.query(
      `do $$ begin create role ${role} login; exception when duplicate_object or unique_violation then null; end $$`,
    );
    await retryConcurrent(() =>
      client.query(`alter role ${role} login noinherit password ${pg.escapeLiteral(passwordOf(role))}`),
    );
  }
  const database = pg.escapeIdentifier((await client.query('select current_database() as name')).rows[0].name);
  await retryConcurrent(() => client.query(`grant create on database ${database} to patchline_jobs`));
  // Function ownership can be handed only to a role the migrating one belongs to.
  await retryConcurrent(() => client.query('grant patchline_jobs to current_user'));
  await client.query('create schema if not exists auth authorization current_user');
  await client.query('grant usage on schema auth to patchline_auth');
}

/** Two databases of one server that alter the same role at once collide on its catalogue row: try again. */
async function retryConcurrent(work: () => Promise<unknown>): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      await work();
      return;
    } catch (error) {
      const concurrent = error instanceof Error && /tuple concurrently updated/.test(error.message);
      if (!concurrent || attempt === 20) throw error;
    }
  }
}

async function runNumbered(client: pg.Client, upTo: number): Promise<void> {
  await client.query(
    'create table if not exists migrations (number int primary key, name text not null, hash text not null, at timestamptz not null default now())',
  );
  const done = new Map<number, { name: string; hash: string }>(
    (await client.query('select number, name, hash from migrations')).rows.map((row) => [row.number, row]),
  );
  for (const name of await migrationFiles()) {
    const number = Number.parseInt(name, 10);
    if (number > upTo) break;
    const sql = await readFile(new URL(name, FOLDER), 'utf8');
    const hash = createHash('sha256').update(sql).digest('hex');
    const before = done.get(number);
    done.delete(number);
    if (before !== undefined) {
      if (before.hash !== hash) throw new Error(`Migration ${name} was changed after it ran. Write a new one instead.`);
      continue;
    }
    await client.query('begin');
    try {
      await client.query(sql);
      await client.query('insert into migrations (number, name, hash) values ($1, $2, $3)', [number, name, hash]);
      await client.query('commit');
    } catch (error) {
      await client.query('rollback');
      throw new Error(`Migration ${name} failed: ${(error as Error).message}`, { cause: error });
    }
  }
  if (done.size > 0) {
    throw new Error(
      `The database has migrations that this build does not know (${[...done.values()].map((m) => m.name).join(', ')}). Start a newer build.`,
    );
  }
}

const quietLogger = await import('graphile-worker').then(({ Logger }) => new Logger(() => () => undefined));
