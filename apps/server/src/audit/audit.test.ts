import { readdir, readFile } from 'node:fs/promises';
import { isPermission } from '@patchline/contracts/permissions';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { appendAudit } from '../platform/audit/append.ts';
import { createTestServer, TEST_PASSWORD, type TestServer, type TestTenant } from '../test-server.ts';
import { auditWords } from './audit-words.ts';

let server: TestServer;
let tenant: TestTenant;
let other: TestTenant;
let admin: string;
beforeAll(async () => {
  server = await createTestServer();
  tenant = await server.addTenant();
  other = await server.addTenant('Another company');
  admin = await server.cookieOf(tenant.users.admin.email);
});
afterAll(() => server.close());

const search = async (query: Record<string, string>, headers: Record<string, string> = { cookie: admin }) =>
  (await server.app.inject({ url: '/api/v1/audit', query, headers })).json();

const write = (tenantId: string, entries: Array<{ kind: string; subject?: string; payload?: object }>) =>
  server.db.withTenant(tenantId, (tx) =>
    appendAudit(
      tx,
      entries.map((entry) => ({ subject: 'x', actor: 'system', ...entry, payload: { ...entry.payload } })),
    ),
  );

test('who did what, when and from where is found by name, by kind, by person and by day', async () => {
  const added = await server.app.inject({
    method: 'POST',
    url: '/api/v1/people',
    headers: { cookie: admin, 'user-agent': 'Firefox of the admin' },
    remoteAddress: '203.0.113.9',
    payload: { email: 'lena@quillmere.example', name: 'Lena Brandt', password: TEST_PASSWORD, role: 'agent' },
  });
  const { id } = added.json();
  const expected = {
    kind: 'person.added',
    words: 'added a person with the role agent',
    actor: { kind: 'user', id: tenant.users.admin.id, name: tenant.users.admin.name },
    subject: id,
    subjectName: 'Lena Brandt',
    where: { ip: '203.0.113.9', userAgent: 'Firefox of the admin' },
    details: { role: 'agent' },
  };
  const day = 86_400_000;
  const found: Record<string, string>[] = [
    {},
    { kind: 'person' },
    { kind: 'person.added' },
    { q: 'lena' },
    { q: tenant.users.admin.name },
    { q: 'FIREFOX of' },
    { actor: `user:${tenant.users.admin.id}` },
    { subject: id },
    { from: new Date(Date.now() - day).toISOString(), to: new Date(Date.now() + day).toISOString() },
  ];
  for (const query of found) {
    const { items } = await search(query);
    expect([query, items[0]]).toEqual([query, expect.objectContaining(expected)]);
  }
  const notFound: Record<string, string>[] = [
    { kind: 'dnc' },
    { kind: 'person.removed' },
    { q: 'Firefox%of' },
    { actor: 'system' },
    { subject: tenant.id },
    { to: new Date(Date.now() - day).toISOString() },
    { from: new Date(Date.now() + day).toISOString() },
  ];
  for (const query of notFound) expect([query, await search(query)]).toEqual([query, { items: [], nextCursor: null }]);
});

test('one company never finds another’s entries, nor the names of its people', async () => {
  await write(tenant.id, [{ kind: 'person.removed', subject: other.users.agent.id, payload: { role: 'agent' } }]);
  const [entry] = (await search({ kind: 'person.removed' })).items;
  expect(entry).toMatchObject({ subject: other.users.agent.id, subjectName: null });
  const foreign = { authorization: `Bearer ${other.apiKey}` };
  expect((await search({ q: 'Lena' }, foreign)).items).toEqual([]);
  expect((await search({ subject: other.users.agent.id }, foreign)).items).toEqual([]);
});

test('thousands of messages hide nothing else, and a long ledger is read to its beginning page by page', async () => {
  await write(other.id, [{ kind: 'dnc.set', subject: '+13035550142', payload: { channel: 'sms', reason: 'needle' } }]);
  for (let batch = 0; batch < 5; batch++) {
    await write(
      other.id,
      Array.from({ length: 5_000 }, (_, n) => ({ kind: 'message.delivered', subject: `m${batch * 5_000 + n}` })),
    );
  }
  const foreign = { authorization: `Bearer ${other.apiKey}` };
  expect((await search({}, foreign)).items).toMatchObject([
    { kind: 'dnc.set', words: expect.stringContaining('texts') },
  ]);
  expect((await search({ q: 'needle' }, foreign)).items).toHaveLength(1);

  expect(
    (await search({ kind: 'message', limit: '3' }, foreign)).items.map(({ subject }: { subject: string }) => subject),
  ).toEqual(['m24999', 'm24998', 'm24997']);
  const first = await search({ kind: 'message', subject: 'm2' }, foreign);
  expect(first).toEqual({ items: [], nextCursor: expect.any(String) });
  const second = await search({ kind: 'message', subject: 'm2', cursor: first.nextCursor }, foreign);
  expect([second.items.length, second.nextCursor]).toEqual([1, null]);
});

test('an erased entry is still listed, without what it held', async () => {
  await write(tenant.id, [{ kind: 'contact.renamed', subject: 'someone', payload: { name: 'Erased Person' } }]);
  await server.db.peek(`delete from audit_payloads where payload like '%Erased Person%'`);
  expect((await search({ kind: 'contact' })).items).toMatchObject([
    { words: 'renamed a contact', details: null, where: null },
  ]);
});

test('agents and supervisors do not read the ledger', async () => {
  for (const role of ['agent', 'supervisor'] as const) {
    const cookie = await server.cookieOf(tenant.users[role].email);
    expect(await search({}, { cookie })).toMatchObject({ error: { code: 'forbidden' } });
  }
});

test('whatever the server writes into the ledger, it can say in words', async () => {
  const folder = new URL('../', import.meta.url);
  const files = (await readdir(folder, { recursive: true })).filter(
    (name) => /(?<!\.test)\.ts$/.test(name) && !name.startsWith('test-') && !name.startsWith('audit/'),
  );
  const texts = await Promise.all(files.map((name) => readFile(new URL(name, folder), 'utf8')));
  const kinds = new Set(
    texts.flatMap((text) =>
      text.includes('appendAudit') || text.includes('audited(') || text.includes("kind: 'person.")
        ? [...text.matchAll(/['"`]([a-z_]+\.[a-z_]+)['"`]/g)].map(([, kind]) => kind ?? '')
        : [],
    ),
  );
  const other = (kind: string) => kind.startsWith('message.') || kind.endsWith('.csv') || isPermission(kind);
  const silent = [...kinds].filter((kind) => !other(kind) && auditWords(kind, {}).includes(': '));
  expect(silent).toEqual([]);
  expect(kinds.size).toBeGreaterThan(15);
});
