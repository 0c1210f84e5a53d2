import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestServer, type TestServer, type TestTenant } from '../test-server.ts';
import { runImport } from './run-import.ts';

let server: TestServer;
let tenant: TestTenant;
let cookie: string;
let admin: string;
beforeAll(async () => {
  server = await createTestServer();
  tenant = await server.addTenant();
  cookie = await server.cookieOf(tenant.users.supervisor.email);
  admin = await server.cookieOf(tenant.users.admin.email);
});
afterAll(() => server.close());

async function ask(method: 'GET' | 'POST' | 'DELETE', path: string, payload?: object, as = cookie) {
  const answer = await server.app.inject({
    method,
    url: `/api/v1${path}`,
    headers: { cookie: as },
    ...(payload && { payload }),
  });
  return {
    status: answer.statusCode,
    text: answer.body,
    body: answer.headers['content-type']?.includes('json') ? answer.json() : null,
  };
}
async function upload(file: string | Buffer, name = 'people.csv', as = cookie) {
  const answer = await server.app.inject({
    method: 'POST',
    url: `/api/v1/contact-imports?name=${encodeURIComponent(name)}`,
    headers: { cookie: as, 'content-type': 'text/csv' },
    payload: file,
  });
  return { status: answer.statusCode, body: answer.json() };
}
const never = new AbortController().signal;
const work = (id: string, signal = never) => runImport(server.imports, { tenantId: tenant.id, importId: id }, signal);
const state = async (id: string) => (await ask('GET', `/contact-imports/${id}`)).body;

async function importFile(file: string | Buffer, wish: object = {}) {
  const { body } = await upload(file);
  const started = await ask('POST', `/contact-imports/${body.id}/start`, {
    mapping: body.suggestedMapping,
    dryRun: false,
    ...wish,
  });
  expect([started.status, started.text]).toEqual([204, '']);
  await work(body.id);
  return state(body.id);
}
const contact = async (q: string) => {
  const { items } = (await ask('GET', `/contacts?q=${encodeURIComponent(q)}`)).body;
  return (await ask('GET', `/contacts/${items[0]?.id}`)).body;
};

test('a table is read however it was written: marks, encodings, delimiters, quoted lines', async () => {
  const rows = (d: string) => `Full Name${d}Phone${d}Note\r\n"Müller${d} Jörg"${d}(303) 555-0701${d}"two\r\nlines"\r\n`;
  for (const [file, encoding, delimiter] of [
    [rows(','), 'utf-8', ','],
    [`\ufeff${rows(';')}`, 'utf-8', ';'],
    [rows('\t'), 'utf-8', '\t'],
    [Buffer.from(`\ufeff${rows(';')}`, 'utf16le'), 'utf-16le', ';'],
    [Buffer.from(rows(','), 'latin1'), 'windows-1252', ','],
  ] as const) {
    const { body } = await upload(typeof file === 'string' ? file : Buffer.from(file));
    expect([encoding, delimiter, body.encoding, body.delimiter]).toEqual([encoding, delimiter, encoding, delimiter]);
    expect(body.header).toEqual(['Full Name', 'Phone', 'Note']);
    expect(body.preview).toEqual([[`Müller${delimiter} Jörg`, '(303) 555-0701', 'two\r\nlines']]);
    expect(body.suggestedMapping.map(({ target }: { target: string }) => target)).toEqual(['name', 'phone', 'note']);
  }
});

test('what is no table is refused in words, and nothing is kept of it', async () => {
  for (const [file, words] of [
    ['', /empty/],
    ['Name,Phone\n', /one row only/],
    [Buffer.from([0x50, 0x4b, 3, 4, 0, 0, 0, 1]), /not a text file/],
  ] as const) {
    const { status, body } = await upload(typeof file === 'string' ? file : Buffer.from(file));
    expect([status, body.error.message]).toEqual([400, expect.stringMatching(words)]);
  }
  const agent = await server.cookieOf(tenant.users.agent.email);
  expect((await upload('Name\nx\n', 'x.csv', agent)).status).toBe(403);
});

test('rows become contacts, find those that are there, and what cannot be taken comes back to be corrected', async () => {
  await server.app.inject({
    method: 'POST',
    url: '/api/v1/contact-fields',
    headers: { cookie: admin },
    payload: { label: 'Units', type: 'number' },
  });
  const file = [
    'First Name,Last Name,Company,Type,Tags,Mobile,E-mail,Owner,Units,Comments',
    `Dana,Imported,Quillmere,Customer,"vip; north",303-555-0711,dana@i.example,${tenant.users.agent.email},"1,250",Gate code`,
    'Same,Number,,,,+1 303 555 0712,,,,',
    'Same,Number,,,again,3035550712,other@i.example,,,',
    'Bad,Phone,,,,12,,,,',
    'Bad,Owner,,,,3035550713,,nobody@i.example,,',
    'Bad,Units,,,,3035550714,,,many,',
    'Too,Wide,,,,3035550715,,,,,x',
    ',,,,,,,,,',
    '=cmd|x,,,,,3035550716,,,,',
    '',
  ].join('\n');
  const done = await importFile(file);
  expect(done).toMatchObject({ status: 'done', rows: { done: 9, total: 9, created: 3, updated: 1, failed: 5 } });
  expect(await contact('dana imported')).toMatchObject({
    name: 'Dana Imported',
    company: 'Quillmere',
    type: 'customer',
    tags: ['vip', 'north'],
    owner: { id: tenant.users.agent.id },
    custom: { units: 1250 },
    notes: 1,
    addresses: [
      { channel: 'sms', address: '+13035550711' },
      { channel: 'email', address: 'dana@i.example' },
    ],
  });
  expect(await contact('3035550712')).toMatchObject({
    tags: ['again'],
    addresses: [{}, { address: 'other@i.example' }],
  });

  const { text } = await ask('GET', `/contact-imports/${done.id}/errors`);
  const lines = text.trim().split('\r\n');
  expect(lines).toHaveLength(6);
  expect(lines[0]).toMatch(/,problem$/);
  expect(lines[1]).toContain('not a phone number');
  const corrected = text
    .replace(/^Bad,Phone,,,,12,/m, 'Bad,Phone,,,,3035550717,')
    .replace('nobody@i.example', tenant.users.owner.email)
    .replace(',many,', ',3,');
  const again = await importFile(corrected);
  expect(again).toMatchObject({ status: 'done', rows: { created: 4, failed: 1 } });
  expect(await contact('bad units')).toMatchObject({ custom: { units: 3 } });
});

test('the same file a second time makes nothing twice', async () => {
  const file = 'Name,Phone,Tags\nTwice One,3035550721,x\nTwice Two,3035550722,\nTwice Three,,\n';
  expect(await importFile(file)).toMatchObject({ rows: { created: 3 } });
  // A row with no number and no e-mail is nobody that could be found again.
  expect(await importFile(file)).toMatchObject({ rows: { created: 1, updated: 0, unchanged: 2 } });
  const changed = file.replace('Twice One', 'Twice Uno').replace(',x', ',y');
  expect(await importFile(changed, { whenKnown: 'skip' })).toMatchObject({ rows: { unchanged: 2 } });
  expect(await importFile(changed)).toMatchObject({ rows: { updated: 1, unchanged: 1 } });
  expect(await contact('3035550721')).toMatchObject({ name: 'Twice Uno', tags: ['x', 'y'] });
});

test('a dry run says what would become of each row and changes nothing', async () => {
  const { body } = await upload('Name,Phone\nDry One,3035550731\nDry Two,nonsense\n');
  const start = (dryRun: boolean) =>
    ask('POST', `/contact-imports/${body.id}/start`, { mapping: body.suggestedMapping, dryRun });
  await start(true);
  expect((await start(false)).body.error.code).toBe('import_running');
  await work(body.id);
  expect(await state(body.id)).toMatchObject({
    status: 'checked',
    rows: { total: 2, created: 1, failed: 1 },
    canStart: true,
  });
  expect((await ask('GET', '/contacts?q=dry')).body.items).toEqual([]);
  await start(false);
  await work(body.id);
  expect(await state(body.id)).toMatchObject({ status: 'done', rows: { created: 1, failed: 1 }, canStart: false });
});

test('do-not-contact flags follow the number through an import', async () => {
  await server.db.peek(
    `insert into dnc_flags (tenant_id, channel, address, is_set, source, changed_at)
     values ($1, 'sms', '+13035550741', true, 'keyword', now())`,
    [tenant.id],
  );
  await importFile('Name,Phone\nFlagged,3035550741\n');
  expect((await contact('flagged')).addresses[0].dnc.sms).toMatchObject({ set: true });
});

test('an import that is stopped anywhere goes on from its last commit, with nothing twice or left out', async () => {
  const count = 12_000;
  const rows = Array.from({ length: count }, (_, n) => `Stop ${n},+1${7_205_000_000 + n},`);
  const { body } = await upload(`Name,Phone,Note\n${rows.join('\n')}\n`);
  await ask('POST', `/contact-imports/${body.id}/start`, { mapping: body.suggestedMapping, dryRun: false });
  // The process ends after each commit: the next one starts with nothing but the database and the file.
  let runs = 0;
  for (; (await state(body.id)).status === 'importing'; runs++) {
    const stop = new AbortController();
    const before = (await state(body.id)).rows.done;
    const running = work(body.id, stop.signal).catch(() => undefined);
    await expect.poll(async () => (await state(body.id)).rows.done, { interval: 1, timeout: 20_000 }).not.toBe(before);
    stop.abort();
    await running;
    if (runs > 10) break;
  }
  expect(runs).toBeGreaterThan(1);
  expect(await state(body.id)).toMatchObject({ status: 'done', rows: { total: count, created: count, failed: 0 } });
  const [stored] = await server.db.peek<{ n: number; d: number }>(
    `select count(*)::int as n, count(distinct name)::int as d from contacts where tenant_id = $1 and name like 'Stop %'`,
    [tenant.id],
  );
  expect(stored).toEqual({ n: count, d: count });
}, 60_000);

test('two runners of one import store each row once', async () => {
  const rows = Array.from({ length: 7_000 }, (_, n) => `Pair ${n},+1${7_206_000_000 + n}`);
  const { body } = await upload(`Name,Phone\n${rows.join('\n')}\n`);
  await ask('POST', `/contact-imports/${body.id}/start`, { mapping: body.suggestedMapping, dryRun: false });
  await Promise.all([work(body.id), work(body.id)]);
  await work(body.id);
  expect(await state(body.id)).toMatchObject({ status: 'done', rows: { created: 7_000, done: 7_000 } });
}, 60_000);

test('canceling stops it, keeps what was stored, and says so', async () => {
  const rows = Array.from({ length: 6_000 }, (_, n) => `Cancel ${n},+1${7_207_000_000 + n}`);
  const { body } = await upload(`Name,Phone\n${rows.join('\n')}\n`);
  await ask('POST', `/contact-imports/${body.id}/start`, { mapping: body.suggestedMapping, dryRun: false });
  const running = work(body.id);
  await expect.poll(async () => (await state(body.id)).rows.done, { interval: 1, timeout: 20_000 }).toBe(5_000);
  await ask('POST', `/contact-imports/${body.id}/cancel`);
  await running;
  const ended = await state(body.id);
  expect(['canceled', 'done']).toContain(ended.status);
  expect(ended.rows.created).toBe(ended.rows.done);
  expect((await ask('DELETE', `/contact-imports/${body.id}`)).status).toBe(204);
  expect((await ask('GET', `/contact-imports/${body.id}`)).status).toBe(404);
}, 60_000);

test('a quotation mark that is never closed ends it with the line where that is', async () => {
  const rows = Array.from({ length: 40_000 }, (_, n) => `Quote ${n},${'x'.repeat(30)}`).join('\n');
  const { body } = await upload(`Name,Note\nGood,one\nBad,"not closed\n${rows}`);
  await ask('POST', `/contact-imports/${body.id}/start`, { mapping: body.suggestedMapping, dryRun: false });
  await work(body.id);
  expect(await state(body.id)).toMatchObject({ status: 'failed', error: expect.stringMatching(/quotation mark/) });
});

test('a mapping is saved by name and comes back with the next file of its kind', async () => {
  const odd = 'Kunde,Rufnummer\nMapped,3035550751\n';
  const { body } = await upload(odd);
  expect(body.suggestedMapping.map(({ target }: { target: string | null }) => target)).toEqual([null, null]);
  const mapping = [
    { column: 0, target: 'name' },
    { column: 1, target: 'phone' },
  ];
  const start = (wish: object) => ask('POST', `/contact-imports/${body.id}/start`, { dryRun: true, ...wish });
  expect((await start({ mapping: [{ column: 0, target: 'note' }] })).body.error.details[0].path).toBe('mapping');
  expect((await start({ mapping: [{ column: 0, target: 'field:nothing' }] })).status).toBe(400);
  expect((await start({ mapping: [...mapping, { column: 1, target: 'note' }] })).status).toBe(400);
  expect((await start({ mapping, saveMappingAs: 'German list' })).status).toBe(204);
  expect((await upload(odd)).body.suggestedMapping).toEqual(mapping);
  const { items } = (await ask('GET', '/contact-mappings')).body;
  expect(items).toMatchObject([{ name: 'German list', columns: [{ heading: 'Kunde', target: 'name' }, {}] }]);
  expect((await ask('DELETE', `/contact-mappings/${items[0].id}`)).status).toBe(204);
});

test('what is exported can be imported again, and no cell is a formula', async () => {
  await importFile('Name,Phone,Tags,Company\n"=HYPERLINK(""x"")",3035550761,"out, two","Quote ""Co"", Inc"\n');
  expect((await ask('GET', '/contacts/export?tag=out')).status).toBe(403);
  const { text } = await ask('GET', '/contacts/export?tag=out', undefined, admin);
  expect(text).toContain(`"'=HYPERLINK(""x"")"`);
  expect(text).not.toMatch(/(^|,)"?[=@-]/m);
  const before = await contact('3035550761');
  expect(await importFile(text)).toMatchObject({ rows: { unchanged: 1, created: 0, failed: 0 } });
  expect(await contact('3035550761')).toEqual(before);
});
