import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { SUPERUSER_ROLE } from '../postgres-server.ts';
import { migrate } from './migrate.ts';
import { TEST_POSTGRES } from './test-database.ts';

/** The last migration of the version before contacts, teams and letters. */
const BEFORE = 9;

const TENANT = '01890000-0000-7000-8000-000000000001';
const CONTACT = '01890000-0000-7000-8000-000000000002';
const OWNER = '01890000-0000-7000-8000-000000000003';
const password = () => 'test';

const server = new URL(process.env[TEST_POSTGRES] ?? '');
const name = `upgrade_${randomBytes(6).toString('hex')}`;
const urlOf = (database: string, user = server.username) => {
  const url = new URL(server);
  url.pathname = `/${database}`;
  url.username = user;
  return url.toString();
};
let client: pg.Client;
beforeAll(async () => {
  await asSuperuser('postgres', (admin) => admin.query(`create database ${name} owner ${server.username}`));
  await migrate(urlOf(name), password, BEFORE);
  client = new pg.Client({ connectionString: urlOf(name, SUPERUSER_ROLE), options: '-c search_path=patchline,public' });
  await client.connect();
});
afterAll(async () => {
  await client.end();
  await asSuperuser('postgres', (admin) => admin.query(`drop database ${name} with (force)`));
});

async function asSuperuser(database: string, work: (admin: pg.Client) => Promise<unknown>): Promise<void> {
  const admin = new pg.Client({ connectionString: urlOf(database, SUPERUSER_ROLE) });
  await admin.connect();
  try {
    await work(admin);
  } finally {
    await admin.end();
  }
}

test('an installation of the version before keeps its contacts, finds them, and knows its owner', async () => {
  await client.query(`insert into tenants (tenant_id, name) values ('${TENANT}', 'Quillmere')`);
  await client.query(`insert into memberships (tenant_id, user_id, role) values ('${TENANT}', '${OWNER}', 'owner')`);
  await client.query(`insert into contacts (tenant_id, id, name) values ('${TENANT}', '${CONTACT}', 'Dana Whitfield')`);
  await migrate(urlOf(name), password);
  const words = await client.query(`select word from contact_words where contact_id = '${CONTACT}' order by word`);
  expect(words.rows.map(({ word }) => word)).toEqual(['dana', 'whitfield']);
  expect((await client.query('select user_id from installation_owners')).rows).toEqual([{ user_id: OWNER }]);
  const forced = await client.query(
    `select relname from pg_class where relname in ('contacts', 'contact_words', 'numbers', 'tenants', 'memberships')
       and relforcerowsecurity`,
  );
  expect(forced.rows).toHaveLength(5);
});
