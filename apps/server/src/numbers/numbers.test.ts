import { createServer } from 'node:http';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { TestTenant } from '../test-server.ts';
import { createNumbersRig, type NumbersRig } from './test-rig.ts';

let rig: NumbersRig;
let tenant: TestTenant;
let other: TestTenant;
let owner: string;
let stranger: string;
let agent: string;
beforeAll(async () => {
  rig = await createNumbersRig();
  tenant = await rig.server.addTenant();
  other = await rig.server.addTenant('Another company');
  owner = await rig.server.cookieOf(tenant.users.owner.email);
  agent = await rig.server.cookieOf(tenant.users.agent.email);
  stranger = await rig.server.cookieOf(other.users.owner.email);
});
afterAll(() => rig.close());

const code = (answer: { body: { error: { code: string } } }) => answer.body.error.code;
const connect = (cookie: string, { accountSid, authToken }: { accountSid: string; authToken: string }) =>
  rig.ask(cookie, 'POST', '/carrier-accounts', { carrier: 'twilio', accountSid, authToken });
const connected = async (cookie: string, numbers: string[]) => {
  const account = await rig.addAccount(numbers);
  return { ...account, id: (await connect(cookie, account)).body.id as string };
};
const add = (cookie: string, id: string, e164: string, name = 'Second line') =>
  rig.ask(cookie, 'POST', `/carrier-accounts/${id}/numbers`, { e164, name });
const accountsOf = async (cookie: string) => (await rig.ask(cookie, 'GET', '/carrier-accounts')).body.items;
const text = async (to: string, body: string) => {
  const answer = await fetch(`${rig.emulator.url}/emulator/api/handsets/%2B13035550150/messages`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ to, body }),
  });
  expect(answer.status).toBe(201);
};
const arrived = async (body: string) => {
  const deadline = Date.now() + 10_000;
  for (;;) {
    const rows = await rig.server.db.peek<{ tenant_id: string }>('select tenant_id from messages where body = $1', [
      body,
    ]);
    if (rows[0]) return rows[0].tenant_id;
    if (Date.now() > deadline) throw new Error(`"${body}" did not arrive`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
};

test('a connected number receives texts: its address is set, read back, and a signed request comes through', async () => {
  const account = await connected(owner, ['+17205550301', '+17205550302']);
  const offered = await rig.ask(owner, 'POST', `/carrier-accounts/${account.id}/numbers/available`);
  expect(offered.body.items).toMatchObject([
    { e164: '+17205550301', state: 'free', capabilities: { sms: true } },
    { e164: '+17205550302', state: 'free' },
  ]);
  const answer = await add(owner, account.id, '+17205550301');
  expect(answer.body.steps.map(({ step, ok }: { step: string; ok: boolean }) => [step, ok])).toEqual([
    ['address_at_carrier', true],
    ['arrives', true],
    ['signature_checked', true],
  ]);
  expect(answer.status).toBe(201);
  await text('+17205550301', 'To the new number');
  expect(await arrived('To the new number')).toBe(tenant.id);
  const again = await rig.ask(owner, 'POST', `/carrier-accounts/${account.id}/numbers/available`);
  expect(again.body.items).toMatchObject([{ state: 'ours' }, { state: 'free' }]);
  expect(await accountsOf(owner)).toContainEqual(
    expect.objectContaining({
      name: 'Quillmere at Twilio',
      accountRef: account.accountSid,
      rotating: false,
      numbers: [expect.objectContaining({ e164: '+17205550301', webhook: expect.objectContaining({ problem: null }) })],
    }),
  );
});

test('wrong credentials are refused in words and nothing is stored', async () => {
  const account = await rig.addAccount([]);
  const before = await accountsOf(owner);
  const wrong = await connect(owner, { ...account, authToken: 'f'.repeat(32) });
  expect([wrong.status, code(wrong)]).toEqual([422, 'carrier_credentials_wrong']);
  const unknown = await connect(owner, { ...account, accountSid: `AC${'0'.repeat(32)}` });
  expect(code(unknown)).toBe('carrier_credentials_wrong');
  expect(code(await connect(owner, { accountSid: 'nonsense', authToken: 'nonsense-token' }))).toBe('invalid_input');
  expect(await accountsOf(owner)).toEqual(before);
});

test('an account is connected once, also by two requests at the same moment', async () => {
  const account = await rig.addAccount([]);
  const both = await Promise.all([connect(owner, account), connect(owner, account)]);
  expect(both.map(({ status }) => status).toSorted()).toEqual([201, 409]);
  expect(code(await connect(owner, account))).toBe('carrier_account_exists');
});

test('a number is connected only by who has it, and by one team at a time', async () => {
  const mine = await connected(owner, ['+17205550311']);
  expect(code(await add(owner, mine.id, '+17205550399'))).toBe('number_not_yours');
  expect(code(await add(owner, mine.id, '555-0311'))).toBe('invalid_input');
  expect(code(await add(stranger, mine.id, '+17205550311'))).toBe('not_found');

  // The same carrier account in two teams: the number goes to the first.
  const theirs = (await connect(stranger, mine)).body.id;
  const both = await Promise.all([add(owner, mine.id, '+17205550311'), add(stranger, theirs, '+17205550311')]);
  expect(both.map(({ status }) => status).toSorted()).toEqual([201, 409]);
  expect(both.filter(({ status }) => status === 409).map(code)).toEqual(['number_taken']);
  const [loser, loserAccount] = both[0]?.status === 409 ? [owner, mine.id] : [stranger, theirs];
  const seen = await rig.ask(loser, 'POST', `/carrier-accounts/${loserAccount}/numbers/available`);
  expect(seen.body.items).toEqual([
    { e164: '+17205550311', name: expect.any(String), capabilities: expect.any(Object), state: 'taken' },
  ]);

  // Once it is disconnected there, the other may have it, and its texts go to them.
  const [winner, winnerId] = both[0]?.status === 201 ? [owner, both[0]?.body.id] : [stranger, both[1]?.body.id];
  expect((await rig.ask(winner, 'DELETE', `/numbers/${winnerId}`)).body).toEqual({ webhookCleared: true });
  expect((await add(loser, loserAccount, '+17205550311')).status).toBe(201);
  await text('+17205550311', 'For the second team');
  expect(await arrived('For the second team')).toBe(loser === owner ? tenant.id : other.id);
  expect(code(await rig.ask(winner, 'PATCH', `/numbers/${winnerId}`, { active: true }))).toBe('number_taken');
});

test('a number is renamed, made the default, paused and disconnected; it comes back as the same number', async () => {
  const account = await connected(owner, ['+17205550321']);
  const { id } = (await add(owner, account.id, '+17205550321')).body;
  const change = (payload: object) => rig.ask(owner, 'PATCH', `/numbers/${id}`, payload);
  expect((await change({ name: 'Service', isDefault: true, carrierAutoReply: false })).status).toBe(204);
  const numbers = async () => (await rig.ask(agent, 'GET', '/numbers')).body.items;
  expect((await numbers())[0]).toMatchObject({ id, name: 'Service', isDefault: true });

  await change({ active: false });
  expect((await numbers()).map((number: { id: string }) => number.id)).not.toContain(id);
  expect((await numbers())[0]).toMatchObject({ e164: tenant.number, isDefault: true });
  expect(code(await change({ isDefault: true }))).toBe('invalid_input');
  await change({ active: true });

  expect((await rig.ask(owner, 'DELETE', `/numbers/${id}`)).body).toEqual({ webhookCleared: true });
  expect((await rig.ask(owner, 'DELETE', `/numbers/${id}`)).status).toBe(404);
  expect((await rig.ask(stranger, 'PATCH', `/numbers/${id}`, { name: 'Mine' })).status).toBe(404);

  // Switched on again it says that it has to be set up; connecting it does that.
  await change({ active: true });
  const shown = async () => {
    const found = (await accountsOf(owner)).find((each: { id: string }) => each.id === account.id);
    return found.numbers[0].webhook.problem;
  };
  expect(await shown()).toMatch(/Set it up again/);
  expect((await add(owner, account.id, '+17205550321', 'Back')).body.id).toBe(id);
  expect(await shown()).toBeNull();
});

test('how a number sends is set, shown and taken back, and nonsense is refused beside its field', async () => {
  const account = await connected(owner, ['+17205550391']);
  const { id } = (await add(owner, account.id, '+17205550391')).body;
  const change = (payload: object) => rig.ask(owner, 'PATCH', `/numbers/${id}`, payload);
  const shown = async () => {
    const found = (await accountsOf(owner)).find((each: { id: string }) => each.id === account.id);
    const { messagingService, sendingClass, campaign } = found.numbers[0];
    return { messagingService, sendingClass, campaign };
  };
  expect(await shown()).toEqual({ messagingService: null, sendingClass: null, campaign: null });
  const sending = { messagingService: `MG${'a'.repeat(32)}`, sendingClass: '10dlc_low', campaign: 'C7PX2A' };
  expect((await change(sending)).status).toBe(204);
  expect((await change({ name: 'Renamed' })).status).toBe(204);
  expect(await shown()).toEqual(sending);
  expect((await change({ messagingService: null, campaign: null })).status).toBe(204);
  expect(await shown()).toEqual({ messagingService: null, sendingClass: '10dlc_low', campaign: null });
  for (const nonsense of [{ messagingService: 'MG123' }, { sendingClass: 'fast' }, { campaign: '' }]) {
    const refused = await change(nonsense);
    expect(code(refused)).toBe('invalid_input');
    expect(refused.body.error.details[0].path).toBe(Object.keys(nonsense)[0]);
  }
});

test('when a number is attended is set, shown and taken back, and hours that overlap are refused', async () => {
  const account = await connected(owner, ['+17205550392']);
  const { id } = (await add(owner, account.id, '+17205550392')).body;
  const change = (payload: object) => rig.ask(owner, 'PATCH', `/numbers/${id}`, payload);
  const shown = async () => {
    const found = (await accountsOf(owner)).find((each: { id: string }) => each.id === account.id);
    const { businessHours, closedReply } = found.numbers[0];
    return { businessHours, closedReply };
  };
  const nothing = { businessHours: null, closedReply: null };
  expect(await shown()).toEqual(nothing);
  const monday = { day: 1, from: '09:00', to: '17:00' };
  const businessHours = {
    timeZone: 'America/Denver',
    week: [monday],
    holidays: [{ date: '2026-12-25', name: 'Christmas Day', spans: [] }],
  };
  expect((await change({ businessHours, closedReply: 'We open {opens}.' })).status).toBe(204);
  expect((await change({ name: 'Renamed' })).status).toBe(204);
  expect(await shown()).toEqual({ businessHours, closedReply: 'We open {opens}.' });
  for (const [wrong, path] of [
    [{ businessHours: { ...businessHours, week: [monday, { ...monday, from: '16:00', to: '18:00' }] } }, 'week'],
    [{ businessHours: { ...businessHours, timeZone: 'Denver' } }, 'timeZone'],
    [{ businessHours: { ...businessHours, week: [{ ...monday, to: '9:30' }] } }, 'week.0.to'],
  ] as const) {
    const refused = await change(wrong);
    expect([code(refused), refused.body.error.details[0].path]).toEqual(['invalid_input', `businessHours.${path}`]);
  }
  expect((await change(nothing)).status).toBe(204);
  expect(await shown()).toEqual(nothing);
});

test('while a credential is rotated both are good for webhooks, after it only the new one', async () => {
  const account = await connected(owner, ['+17205550331']);
  await add(owner, account.id, '+17205550331');
  const rotate = (authToken: string) => rig.ask(owner, 'POST', `/carrier-accounts/${account.id}/rotate`, { authToken });
  const finish = () => rig.ask(owner, 'POST', `/carrier-accounts/${account.id}/rotate/finish`);
  expect(code(await rotate('f'.repeat(32)))).toBe('carrier_credentials_wrong');
  expect(code(await rotate(account.authToken))).toBe('invalid_input');
  expect(code(await finish())).toBe('rotation_not_started');

  const fresh = 'a'.repeat(32);
  await rig.setToken(account.accountSid, fresh, ['+17205550331']);
  expect((await rotate(fresh)).status).toBe(204);
  expect(code(await rotate('b'.repeat(32)))).toBe('rotation_running');
  await text('+17205550331', 'Signed with the new one');
  await arrived('Signed with the new one');
  await rig.setToken(account.accountSid, account.authToken, ['+17205550331']);
  await text('+17205550331', 'Still signed with the old one');
  await arrived('Still signed with the old one');

  expect((await finish()).status).toBe(204);
  const { directory } = rig.server.core;
  expect((await directory.find('+17205550331', { fresh: true }))?.account.authTokens).toEqual([fresh]);
});

test('disconnecting an account disconnects its numbers and forgets its credentials; it can be connected again', async () => {
  const account = await connected(owner, ['+17205550341']);
  const { id } = (await add(owner, account.id, '+17205550341')).body;
  expect((await rig.ask(owner, 'DELETE', `/carrier-accounts/${account.id}`)).status).toBe(204);
  expect((await rig.ask(owner, 'DELETE', `/carrier-accounts/${account.id}`)).status).toBe(404);
  expect((await accountsOf(owner)).map((each: { id: string }) => each.id)).not.toContain(account.id);
  const held = (await rig.server.core.directory.find('+17205550341', { fresh: true }))?.account.authTokens ?? [];
  expect(held).toHaveLength(1);
  expect(held).not.toContain(account.authToken);
  expect(code(await rig.ask(owner, 'PATCH', `/numbers/${id}`, { active: true }))).toBe('number_not_yours');
  expect((await connect(owner, account)).body.id).toBe(account.id);
});

test('agents and supervisors neither see nor change carrier accounts', async () => {
  for (const role of ['agent', 'supervisor'] as const) {
    const cookie = await rig.server.cookieOf(tenant.users[role].email);
    expect((await rig.ask(cookie, 'GET', '/carrier-accounts')).status).toBe(403);
    expect((await connect(cookie, { accountSid: `AC${'1'.repeat(32)}`, authToken: 'x'.repeat(32) })).status).toBe(403);
  }
});

test('every change is in the ledger, and no credential is in an answer, the ledger or the log', async () => {
  const account = await connected(owner, ['+17205550351']);
  const added = await add(owner, account.id, '+17205550351');
  const fresh = 'c0ffee'.repeat(5);
  await rig.setToken(account.accountSid, fresh, ['+17205550351']);
  await rig.ask(owner, 'POST', `/carrier-accounts/${account.id}/rotate`, { authToken: fresh });
  const wrong = 'deadbeef'.repeat(4);
  const refused = await connect(owner, { ...(await rig.addAccount([])), authToken: wrong });
  const listed = await rig.ask(owner, 'GET', '/carrier-accounts');
  await rig.ask(owner, 'POST', `/carrier-accounts/${account.id}/rotate/finish`);
  await rig.ask(owner, 'DELETE', `/numbers/${added.body.id}`);
  await rig.ask(owner, 'DELETE', `/carrier-accounts/${account.id}`);

  const entries = await rig.server.db.peek<{ kind: string }>(
    'select kind from audit_entries where tenant_id = $1 and subject in ($2, $3) order by id',
    [tenant.id, account.id, added.body.id],
  );
  expect(entries.map(({ kind }) => kind)).toEqual([
    'carrier_account.connected',
    'number.connected',
    'carrier_account.rotation_started',
    'carrier_account.rotation_finished',
    'number.disconnected',
    'carrier_account.disconnected',
  ]);
  const payloads = await rig.server.db.peek<{ payload: string }>('select payload from audit_payloads');
  const everything = [
    added.text,
    refused.text,
    listed.text,
    ...rig.server.logged,
    ...payloads.map(({ payload }) => payload),
  ].join('\n');
  for (const secret of [account.authToken, fresh, wrong]) expect(everything).not.toContain(secret);
});

test('a carrier that does not answer changes nothing; disconnecting works without it', async () => {
  const lone = await createNumbersRig();
  try {
    const team = await lone.server.addTenant();
    const cookie = await lone.server.cookieOf(team.users.owner.email);
    const account = await lone.addAccount(['+17205550361', '+17205550362']);
    const { id } = (await lone.ask(cookie, 'POST', '/carrier-accounts', { carrier: 'twilio', ...account })).body;
    const number = await lone.ask(cookie, 'POST', `/carrier-accounts/${id}/numbers`, {
      e164: '+17205550361',
      name: 'Line',
    });
    await lone.emulator.close();
    for (const [url, payload] of [
      [`/carrier-accounts/${id}/numbers/available`, undefined],
      [`/carrier-accounts/${id}/numbers`, { e164: '+17205550362', name: 'Line' }],
      [`/carrier-accounts/${id}/rotate`, { authToken: 'd'.repeat(32) }],
      ['/carrier-accounts', { carrier: 'twilio', accountSid: `AC${'2'.repeat(32)}`, authToken: 'd'.repeat(32) }],
    ] as const) {
      const answer = await lone.ask(cookie, 'POST', url, payload);
      expect([answer.status, code(answer)]).toEqual([503, 'carrier_unreachable']);
    }
    const gone = await lone.ask(cookie, 'DELETE', `/numbers/${number.body.id}`);
    expect(gone.body).toEqual({ webhookCleared: false });
  } finally {
    await lone.server.close();
  }
});

test.each([
  [301, /redirect/],
  [403, /signature did not fit/],
  [404, /answered 404/],
  [502, /proxy .* does not reach/],
  [204, /Something else than Patchline/],
])('when a proxy answers our self-test with %i, the number says what to do', async (status, words) => {
  const proxy = createServer((_request, response) => response.writeHead(status, { location: '/x' }).end());
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', () => resolve()));
  const { port } = proxy.address() as { port: number };
  const behind = await createNumbersRig({ publicUrl: `http://127.0.0.1:${port}` });
  try {
    const team = await behind.server.addTenant();
    const cookie = await behind.server.cookieOf(team.users.owner.email);
    const account = await behind.addAccount(['+17205550371']);
    const { id } = (await behind.ask(cookie, 'POST', '/carrier-accounts', { carrier: 'twilio', ...account })).body;
    const answer = await behind.ask(cookie, 'POST', `/carrier-accounts/${id}/numbers`, {
      e164: '+17205550371',
      name: 'Line',
    });
    expect(answer.status).toBe(201);
    expect(answer.body.steps.at(-1)).toMatchObject({ ok: false, words: expect.stringMatching(words) });
    const accounts = (await behind.ask(cookie, 'GET', '/carrier-accounts')).body.items;
    expect(accounts.at(-1).numbers[0].webhook.problem).toMatch(words);
    const checked = await behind.ask(cookie, 'POST', `/numbers/${answer.body.id}/check`);
    expect(checked.body.steps.at(-1)).toMatchObject({ ok: false });
  } finally {
    await behind.close();
    proxy.close();
  }
});
