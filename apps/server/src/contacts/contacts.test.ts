import { afterAll, beforeAll, expect, test } from 'vitest';
import { placeMessage } from '../messaging/index.ts';
import { createTestServer, type TestServer, type TestTenant } from '../test-server.ts';

let server: TestServer;
let tenant: TestTenant;
let other: TestTenant;
const cookies = { agent: '', supervisor: '', admin: '' };
beforeAll(async () => {
  server = await createTestServer();
  tenant = await server.addTenant();
  other = await server.addTenant('Another company');
  for (const role of ['agent', 'supervisor', 'admin'] as const) {
    cookies[role] = await server.cookieOf(tenant.users[role].email);
  }
});
afterAll(() => server.close());

type Method = 'GET' | 'POST' | 'PATCH' | 'DELETE';
async function ask(method: Method, path: string, payload?: object, cookie = cookies.agent) {
  const answer = await server.app.inject({
    method,
    url: `/api/v1${path}`,
    headers: { cookie },
    ...(payload && { payload }),
  });
  return { status: answer.statusCode, body: answer.body === '' ? null : answer.json() };
}
const make = async (contact: object) => (await ask('POST', '/contacts', contact)).body.id as string;
const names = async (query: string, cookie?: string) =>
  (await ask('GET', `/contacts?${query}`, undefined, cookie)).body.items.map(({ name }: { name: string }) => name);
const read = async (id: string) => (await ask('GET', `/contacts/${id}`)).body;

let place = 0;
const arrives = (their: string, our = tenant.number) =>
  server.db.withTenant(tenant.id, async (tx) => {
    const account = await tx.first<{ id: string }>('select id from carrier_accounts where tenant_id = $1', [
      tx.tenantId,
    ]);
    return placeMessage(tx, {
      id: crypto.randomUUID(),
      direction: 'inbound',
      status: 'received',
      our,
      their,
      body: `text ${++place}`,
      media: [],
      lane: 'conversation',
      accountId: account?.id ?? '',
      carrierMessageId: `SM${place}`,
      author: null,
      decision: null,
      lockToken: null,
      at: new Date(),
    });
  });

test('a contact is found as its name, company, number, e-mail or tag is typed, in any case and without accents', async () => {
  await make({
    name: 'Zoë Ångström-Weber',
    company: 'Quillmere Heating & Air',
    addresses: [
      { channel: 'sms', address: '(303) 555-0601', label: 'mobile' },
      { channel: 'email', address: 'Zoe.Weber@Quillmere.example' },
    ],
    tags: ['VIP', 'furnace', 'vip'],
    ownerId: tenant.users.agent.id,
  });
  await make({ name: 'Zora Web', addresses: [{ channel: 'sms', address: '+447911123456' }] });
  const zoe = ['Zoë Ångström-Weber'];
  for (const [query, expected] of [
    ['q=zoe', zoe],
    ['q=ZO%C3%8B', zoe],
    ['q=zo+web', ['Zora Web', 'Zoë Ångström-Weber']],
    ['q=web+ang', zoe],
    ['q=heat+zo', zoe],
    ['q=air+quill', zoe],
    ['q=303555060', zoe],
    ['q=(303)+555-06', zoe],
    ['q=%2B1303555', zoe],
    ['q=%2B4479', ['Zora Web']],
    ['q=zoe.weber@q', zoe],
    ['q=zoe.w', zoe],
    ['tag=Vip', zoe],
    [`owner=${tenant.users.agent.id}`, zoe],
    ['q=zo&tag=furnace', zoe],
    ['q=zo&type=customer', []],
    ['q=weberx', []],
    ['q=zo+xyz', []],
    ["q=%26+'%25", []],
  ] as const) {
    expect([query, await names(query)]).toEqual([query, expected]);
  }
  expect((await ask('GET', '/contact-tags')).body.items).toEqual([
    { name: 'furnace', count: 1 },
    { name: 'vip', count: 1 },
  ]);
});

test('what was found follows a change at once: new words find it, old ones do not', async () => {
  const id = await make({ name: 'Petra Old', addresses: [{ channel: 'sms', address: '+13035550602' }] });
  expect((await ask('PATCH', `/contacts/${id}`, { name: 'Petra New', tags: ['spring'] })).status).toBe(200);
  expect(await names('q=petra+old')).toEqual([]);
  expect(await names('q=petra+new')).toEqual(['Petra New']);
  expect(await names('tag=spring')).toEqual(['Petra New']);
  expect(await read(id)).toMatchObject({ name: 'Petra New', tags: ['spring'], type: 'lead', owner: null });
});

test('pages hold every contact once, in lists, by word and by tag', async () => {
  for (let n = 0; n < 25; n++) await make({ name: `Mira Miravel ${n}`, tags: ['paged'] });
  for (const query of ['q=mira', 'tag=paged', 'q=mira&tag=paged']) {
    const seen: string[] = [];
    let cursor = '';
    do {
      const { body } = await ask('GET', `/contacts?${query}&limit=7&cursor=${cursor}`);
      seen.push(...body.items.map(({ id }: { id: string }) => id));
      cursor = body.nextCursor ?? '';
    } while (cursor !== '');
    expect([query, seen.length, new Set(seen).size]).toEqual([query, 25, 25]);
  }
  expect((await ask('GET', '/contacts?cursor=nonsense')).body).toMatchObject({ error: { code: 'invalid_input' } });
});

test('a contact with more words than one line of the index holds is found by each of them', async () => {
  const tags = Array.from({ length: 20 }, (_, n) => `a tag of some length, the number ${n}`);
  const many = Array.from({ length: 40 }, (_, n) => `w${n}`).join(' ');
  await make({ name: `Longbottom ${many}`, company: 'Zymurgy', type: 'customer', tags });
  await make({ name: `Longbottom ${'x'.repeat(180)}`, company: 'Zymurgy' });
  const long = `Longbottom ${many}`;
  for (const query of [
    'q=longb+w17+zym',
    'q=zym+longb&type=customer',
    'q=w&type=customer',
    `q=longb&tag=${tags[19]}`,
  ]) {
    expect([query, await names(query)]).toEqual([query, [long]]);
  }
  expect(await names('q=longb+zym&type=lead')).toEqual([`Longbottom ${'x'.repeat(180)}`]);
});

test('two words that thousands have, and only few have both of, are found to the last', async () => {
  const crowded = await server.addTenant('A company with many contacts');
  // Directly: 26,000 requests would take minutes.
  await server.db.withTenant(crowded.id, (tx) =>
    tx.query(
      `insert into contacts (tenant_id, id, name, words)
       select $1, gen_random_uuid(), array_to_string(w, ' '), w from generate_series(1, 26000) n, lateral (
         select case when n % 6000 = 0 then array['common', 'frequent', n::text]
           when n % 2 = 0 then array['common', n::text] else array['frequent', n::text] end as w) x`,
      [tx.tenantId],
    ),
  );
  const foreign = await server.cookieOf(crowded.users.agent.email);
  const found: string[] = [];
  let cursor = '';
  let pages = 0;
  do {
    const { body } = await ask('GET', `/contacts?q=freq+comm&cursor=${cursor}`, undefined, foreign);
    found.push(...body.items.map(({ name }: { name: string }) => name));
    cursor = body.nextCursor ?? '';
    pages++;
  } while (cursor !== '');
  expect([found.toSorted(), pages]).toEqual([
    [6000, 12000, 18000, 24000].map((n) => `common frequent ${n}`).toSorted(),
    2,
  ]);
});

test('an address that another contact has is refused, and says whose it is', async () => {
  const id = await make({ name: 'First', addresses: [{ channel: 'sms', address: '+13035550603' }] });
  const second = await ask('POST', '/contacts', {
    name: 'Second',
    addresses: [{ channel: 'sms', address: '303-555-0603' }],
  });
  expect([second.status, second.body.error]).toMatchObject([
    409,
    { code: 'address_taken', details: { contactId: id, name: 'First' } },
  ]);
  expect(await names('q=second')).toEqual([]);
  const third = await make({ name: 'Third' });
  const claim = { channel: 'sms', address: '+13035550603' };
  expect((await ask('POST', `/contacts/${third}/addresses`, claim)).status).toBe(409);
  expect((await ask('DELETE', `/contacts/${id}/addresses/sms/+13035550603`)).body.addresses).toEqual([]);
  expect((await ask('POST', `/contacts/${third}/addresses`, claim)).body.addresses).toMatchObject([claim]);
});

test('what is wrong is said of the field it is in', async () => {
  for (const [contact, path] of [
    [{ addresses: [{ channel: 'sms', address: '12' }] }, 'addresses.0.address'],
    [{ addresses: [{ channel: 'email', address: 'a@b' }] }, 'addresses.0.address'],
    [{ name: 'x', ownerId: other.users.agent.id }, 'ownerId'],
    [{ name: 'x', custom: { nothing: 1 } }, 'custom.nothing'],
    [{}, 'name'],
  ] as const) {
    const refused = await ask('POST', '/contacts', contact);
    expect([refused.status, refused.body.error.details[0].path]).toEqual([400, path]);
  }
});

test('fields of one’s own hold values of their type, and no other', async () => {
  const field = (body: object) => ask('POST', '/contact-fields', body, cookies.admin);
  expect((await ask('POST', '/contact-fields', { label: 'x', type: 'text' })).status).toBe(403);
  expect((await field({ label: 'Install date', type: 'date' })).body.key).toBe('install_date');
  expect((await field({ label: 'Install date', type: 'text' })).body.key).toBe('install_date_2');
  await field({ label: 'Units', type: 'number' });
  await field({ label: 'Contract', type: 'boolean' });
  await field({ label: 'Plan', type: 'choice', options: ['Gold', 'Silver'] });
  await field({ label: 'Website', type: 'url' });
  expect((await field({ label: 'No options', type: 'choice' })).status).toBe(400);
  const id = await make({ name: 'Fielded' });
  const set = (custom: object) => ask('PATCH', `/contacts/${id}`, { custom });
  const good = { install_date: '2028-02-29', units: 3.5, contract: false, plan: 'Gold', website: 'https://a.example' };
  expect((await set(good)).body.custom).toEqual(good);
  expect((await set({ units: null })).body.custom).not.toHaveProperty('units');
  for (const wrong of [
    { install_date: '2026-02-29' },
    { units: '3' },
    { contract: 'yes' },
    { plan: 'Bronze' },
    { website: 'javascript:alert(1)' },
  ]) {
    const refused = await set(wrong);
    expect([refused.status, refused.body.error?.details?.[0]?.path]).toEqual([400, `custom.${Object.keys(wrong)[0]}`]);
  }
  const { items } = (await ask('GET', '/contact-fields')).body;
  const plan = items.find(({ key }: { key: string }) => key === 'plan');
  expect((await ask('DELETE', `/contact-fields/${plan.id}`, undefined, cookies.admin)).status).toBe(204);
  expect((await set({ plan: 'Gold' })).status).toBe(400);
  expect((await read(id)).custom.plan).toBe('Gold');
});

test('a deleted contact is found no more, comes back by undo, and by itself when the person writes', async () => {
  const id = await make({ name: 'Gone Person', addresses: [{ channel: 'sms', address: '+13035550604' }] });
  expect((await ask('DELETE', `/contacts/${id}`)).status).toBe(403);
  const remove = () => ask('DELETE', `/contacts/${id}`, undefined, cookies.supervisor);
  expect((await remove()).status).toBe(204);
  expect((await remove()).status).toBe(404);
  expect(await names('q=gone')).toEqual([]);
  expect(await names('q=3035550604')).toEqual([]);
  expect((await read(id)).deletedAt).toEqual(expect.any(String));
  expect((await ask('POST', `/contacts/${id}/restore`, undefined, cookies.supervisor)).status).toBe(204);
  expect(await names('q=gone')).toEqual(['Gone Person']);
  await remove();
  await arrives('+13035550604');
  expect(await names('q=gone')).toEqual(['Gone Person']);
});

test('a note is changed by its author or a supervisor, and by nobody else', async () => {
  const id = await make({ name: 'Noted' });
  const note = (await ask('POST', `/contacts/${id}/notes`, { body: 'Gate code 4711' }, cookies.admin)).body.id;
  const path = `/contacts/${id}/notes/${note}`;
  expect((await ask('PATCH', path, { body: 'x' })).status).toBe(403);
  expect((await ask('PATCH', path, { body: 'Gate code 4712' }, cookies.supervisor)).status).toBe(204);
  expect((await ask('GET', `/contacts/${id}/notes`)).body.items).toMatchObject([
    { body: 'Gate code 4712', author: { name: tenant.users.admin.name } },
  ]);
  expect((await read(id)).notes).toBe(1);
  expect((await ask('DELETE', path, undefined, cookies.admin)).status).toBe(204);
  expect((await ask('GET', `/contacts/${id}/notes`)).body.items).toEqual([]);
});

test('duplicates are shown side by side, made one, and taken apart again exactly', async () => {
  const a = await make({ name: 'Dup Licate', addresses: [{ channel: 'sms', address: '+13035550605' }], tags: ['a'] });
  const b = await make({
    name: 'dup licate',
    company: 'Acme',
    type: 'customer',
    addresses: [{ channel: 'sms', address: '+13035550606' }],
    tags: ['A', 'b'],
  });
  await ask('POST', `/contacts/${b}/notes`, { body: 'of b' });
  await arrives('+13035550605');
  await arrives('+13035550606');
  await server.db.peek(
    `insert into dnc_flags (tenant_id, channel, address, is_set, source, changed_at)
     values ($1, 'sms', '+13035550606', true, 'keyword', now())`,
    [tenant.id],
  );
  const groups = (await ask('GET', '/contacts/duplicates')).body.items;
  const mine = groups.find(({ contacts }: { contacts: { id: string }[] }) => contacts.some(({ id }) => id === a));
  expect([mine.why, mine.contacts.map(({ id }: { id: string }) => id).toSorted()]).toEqual([
    'The same name',
    [a, b].toSorted(),
  ]);

  const before = [await stateOf(a), await stateOf(b)];
  const merge = () => ask('POST', '/contacts/merge', { keep: a, merge: [b] }, cookies.supervisor);
  expect((await ask('POST', '/contacts/merge', { keep: a, merge: [b] })).status).toBe(403);
  const { mergeId } = (await merge()).body;
  const kept = await read(a);
  expect(kept).toMatchObject({ name: 'Dup Licate', company: 'Acme', type: 'customer', tags: ['a', 'b'], notes: 1 });
  expect(kept.addresses.map(({ address }: { address: string }) => address)).toEqual(['+13035550605', '+13035550606']);
  expect(kept.addresses[1].dnc.sms).toMatchObject({ set: true });
  expect(await read(b)).toMatchObject({ mergedInto: a, addresses: [] });
  expect(await names('q=dup')).toEqual(['Dup Licate']);
  expect((await merge()).status).toBe(404);
  expect((await ask('PATCH', `/contacts/${b}`, { name: 'x' })).status).toBe(404);

  await arrives('+13035550606');
  expect((await ask('POST', `/contacts/merges/${mergeId}/undo`, undefined, cookies.supervisor)).status).toBe(204);
  expect([await stateOf(a), await stateOf(b)]).toEqual(before);
  expect((await ask('POST', `/contacts/merges/${mergeId}/undo`, undefined, cookies.supervisor)).status).toBe(404);
  expect((await read(b)).addresses[0].dnc.sms).toMatchObject({ set: true });
});

test('a merge that was built upon is undone last', async () => {
  const [a, b, c] = [await make({ name: 'Chain A' }), await make({ name: 'Chain B' }), await make({ name: 'Chain C' })];
  const merge = async (keep: string, from: string) =>
    (await ask('POST', '/contacts/merge', { keep, merge: [from] }, cookies.supervisor)).body.mergeId;
  const undo = async (id: string) =>
    (await ask('POST', `/contacts/merges/${id}/undo`, undefined, cookies.supervisor)).status;
  const first = await merge(a ?? '', b ?? '');
  const second = await merge(c ?? '', a ?? '');
  expect(await undo(first)).toBe(409);
  expect([await undo(second), await undo(first)]).toEqual([204, 204]);
  expect((await names('q=chain')).toSorted()).toEqual(['Chain A', 'Chain B', 'Chain C']);
});

test('another company finds, reads and merges none of it', async () => {
  const id = await make({ name: 'Secret Person' });
  const foreign = await server.cookieOf(other.users.owner.email);
  expect(await names('q=secret', foreign)).toEqual([]);
  expect(await names('', foreign)).toEqual([]);
  for (const [method, path, body] of [
    ['GET', `/contacts/${id}`],
    ['PATCH', `/contacts/${id}`, { name: 'x' }],
    ['DELETE', `/contacts/${id}`],
    ['GET', `/contacts/${id}/notes`],
    ['POST', `/contacts/${id}/notes`, { body: 'x' }],
    ['POST', `/contacts/${id}/addresses`, { channel: 'sms', address: '+13035550699' }],
  ] as const) {
    expect([method, path, (await ask(method, path, body, foreign)).status]).toEqual([method, path, 404]);
  }
});

/** All that belongs to a contact, but for when it was last touched. */
async function stateOf(id: string) {
  const [contact] = await server.db.peek(
    `select id, name, type, company, owner_id, tags, custom, merged_into, words from contacts where id = $1`,
    [id],
  );
  const of = (table: string, column: string) =>
    server.db.peek(`select ${column} from ${table} where contact_id = $1 order by 1`, [id]);
  return {
    contact,
    addresses: await of('contact_addresses', 'address'),
    conversations: await of('conversations', 'id'),
    notes: await of('contact_notes', 'id'),
    words: await of('contact_words', 'word'),
  };
}
