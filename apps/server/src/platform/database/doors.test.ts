import { v7 as uuidv7 } from 'uuid';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from './test-database.ts';

let db: TestDatabase;
const ours = uuidv7();
const theirs = uuidv7();

beforeAll(async () => {
  db = await createTestDatabase();
  for (const id of [ours, theirs]) {
    await db.withPlatform((tx) =>
      tx.query('insert into tenants (tenant_id, name) values ($1, $2)', [id, `Tenant ${id}`]),
    );
  }
});
afterAll(() => db.drop());

test('one tenant never sees, changes or makes rows of another', async () => {
  await db.withTenant(theirs, (tx) =>
    tx.query("insert into contacts (tenant_id, id, name) values ($1, $2, 'Secret')", [theirs, uuidv7()]),
  );
  expect(await db.withTenant(ours, (tx) => tx.query('select * from contacts'))).toEqual([]);
  expect(await db.withTenant(ours, (tx) => tx.query("update contacts set name = 'x' returning 1 as one"))).toEqual([]);
  await expect(
    db.withTenant(ours, (tx) => tx.query('insert into contacts (tenant_id, id) values ($1, $2)', [theirs, uuidv7()])),
  ).rejects.toThrow(/row-level security/);
});

test('every table of tenants is behind forced row-level security, and its key begins with the tenant', async () => {
  const tables = await db.peek<{ name: string; forced: boolean; first_key: string | null }>(
    `select c.relname as name, c.relforcerowsecurity as forced,
       (select a.attname from pg_index i join pg_attribute a on a.attrelid = c.oid and a.attnum = i.indkey[0]
        where i.indrelid = c.oid and i.indisprimary) as first_key
     from pg_class c where c.relnamespace = 'patchline'::regnamespace and c.relkind = 'r'
       and exists (select 1 from pg_attribute a where a.attrelid = c.oid and a.attname = 'tenant_id')`,
  );
  expect(tables.length).toBeGreaterThan(15);
  for (const table of tables) expect(table, table.name).toMatchObject({ forced: true, first_key: 'tenant_id' });
});

test('the platform door opens only the tables that are read before or across tenants', async () => {
  for (const table of ['messages', 'contacts', 'threads', 'audit_entries', 'audit_payloads', 'send_decisions']) {
    await expect(
      db.withPlatform((tx) => tx.query(`select 1 from ${table}`)),
      table,
    ).rejects.toThrow(/permission denied/);
  }
});

test('a failed transaction leaves nothing, runs no effect, and its connection serves on', async () => {
  let effects = 0;
  await expect(
    db.withTenant(ours, async (tx) => {
      tx.afterCommit(() => effects++);
      await tx.query('insert into contacts (tenant_id, id) values ($1, $2)', [ours, uuidv7()]);
      throw new Error('changed my mind');
    }),
  ).rejects.toThrow('changed my mind');
  expect(effects).toBe(0);
  expect(await db.withTenant(ours, (tx) => tx.query('select 1 from contacts'))).toEqual([]);
  await db.withTenant(ours, async (tx) => tx.afterCommit(() => effects++));
  expect(effects).toBe(1);
});

test('a tenant id that is none is refused before any statement', () => {
  expect(() => db.withTenant("' or true --", async () => 1)).toThrow(TypeError);
});
