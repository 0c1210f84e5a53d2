import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { v7 as uuidv7 } from 'uuid';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { appendAudit } from '../platform/audit/append.ts';
import { createTestDatabase, type TestDatabase } from '../platform/database/test-database.ts';

const run = promisify(execFile);
const CLI = path.join(import.meta.dirname, 'verify-cli.ts');

let db: TestDatabase;
let folder: string;
const tenant = uuidv7();
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'patchline-verify-'));
  db = await createTestDatabase();
  await db.withPlatform((tx) => tx.query("insert into tenants (tenant_id, name) values ($1, 'Quillmere')", [tenant]));
  await db.withTenant(tenant, (tx) =>
    appendAudit(
      tx,
      ['one', 'two', 'three'].map((subject) => ({
        kind: 'test',
        subject,
        actor: 'system',
        payload: { word: subject },
      })),
    ),
  );
  await db.withPlatform((tx) => tx.query('select link_audit($1)', [tenant]));
});
afterAll(async () => {
  await db.drop();
  await rm(folder, { recursive: true });
});

const verify = () =>
  run(process.execPath, [CLI], { env: { ...process.env, DATABASE_URL: db.url, DATA_DIR: folder } }).then(
    ({ stdout }) => ({ code: 0, stdout }),
    (error: { code: number; stdout: string }) => error,
  );

test('anyone can verify every ledger with one command', async () => {
  const { code, stdout } = await verify();
  expect(stdout).toMatch(/holds {2}Quillmere: 3 lines, 0 being linked, 0 erased/);
  expect(code).toBe(0);
});

test.each([
  ['a changed payload', "update audit_payloads set payload = replace(payload, 'two', 'TWO')", 'payload_changed'],
  ['a changed line', "update audit_entries set kind = 'other' where subject = 'two'", 'entry_changed'],
  ['a removed link', 'delete from audit_links where position = 2', 'position_missing'],
  [
    'links put in another order',
    'update audit_links set position = case position when 1 then 2 when 2 then 1 else 3 end',
    'previous_wrong',
  ],
  ['a cut-off tail', 'delete from audit_links where position = 3', 'head_wrong'],
  [
    'a cut-off tail with the head put back',
    'delete from audit_links where position = 3; update audit_heads set position = 2, hash = (select hash from audit_links where position = 2)',
    'entry_not_linked',
  ],
])('%s is found', async (_what, tampering, problem) => {
  const tables = ['audit_payloads', 'audit_entries', 'audit_links', 'audit_heads'];
  for (const table of tables) await db.peek(`create table kept_${table} as table ${table}`);
  await db.peek('alter table audit_links drop constraint audit_links_pkey');
  await db.peek(tampering);
  const { code, stdout } = await verify();
  expect(stdout).toContain(problem);
  expect(code).toBe(1);
  await db.peek('truncate audit_payloads, audit_entries, audit_links, audit_heads cascade');
  for (const table of tables.toReversed()) {
    if (table !== 'audit_payloads') await db.peek(`insert into ${table} table kept_${table}`);
  }
  await db.peek('insert into audit_payloads table kept_audit_payloads');
  for (const table of tables) await db.peek(`drop table kept_${table}`);
  await db.peek('alter table audit_links add primary key (tenant_id, position)');
});
