import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createEmulator, type Emulator } from 'carrier-emulator';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createNumberDirectory } from '../carriers/index.ts';
import { createSealer } from '../platform/secrets/seal.ts';
import { createTestServer, type TestServer } from '../test-server.ts';
import { type DemoDeps, ensureDemo } from './index.ts';
import { STORIES } from './stories.ts';

let emulator: Emulator;
let server: TestServer;
let dataDir: string;
beforeEach(async () => {
  emulator = await createEmulator({});
  server = await createTestServer();
  dataDir = await mkdtemp(path.join(tmpdir(), 'patchline-demo-'));
});
afterEach(async () => {
  await emulator.close();
  await server.close();
  await rm(dataDir, { recursive: true });
});

const deps = (overrides: Partial<DemoDeps['settings']> = {}): DemoDeps => ({
  settings: {
    dataDir,
    demoAllowed: true,
    publicUrl: 'http://127.0.0.1:3000',
    hotPublicUrl: 'http://127.0.0.1:3200',
    emulatorUrl: emulator.url,
    emulatorPublicUrl: emulator.url,
    emulator: true,
    ...overrides,
  },
  signIn: server.signIn,
  sealer: createSealer(Buffer.alloc(32)),
  // The test server seals with a key of its own; the demo's directory must open what the demo sealed.
  core: { ...server.core, directory: directoryOf() },
});

test('a first start makes a company whose people can sign in, whose key works and whose texts are there', async () => {
  const demo = await ensureDemo(deps());
  const file = path.join(dataDir, 'demo.json');
  expect((await stat(file)).mode & 0o777).toBe(0o600);
  expect(JSON.parse(await readFile(file, 'utf8'))).toEqual(demo);
  expect(await readdir(path.join(dataDir, 'secrets'))).toEqual([]);

  expect(demo?.users.map(({ role }) => role)).toEqual(['owner', 'admin', 'supervisor', 'agent', 'agent']);
  for (const { email, password } of demo?.users ?? []) expect(await server.cookieOf(email, password)).toContain('=');
  const list = await server.app.inject({
    url: '/api/v1/conversations?status=all',
    headers: { authorization: `Bearer ${demo?.apiKey}` },
  });
  const items: Array<{
    contact: { name: string | null };
    unread: number;
    lastMessage: { at: string };
    smsOff: boolean;
  }> = list.json().items;
  expect(items).toHaveLength(10);
  expect(items[0]?.contact.name).toBe('Dana Whitfield');
  expect(items.filter(({ unread }) => unread > 0)).toHaveLength(5);
  expect(items.filter(({ smsOff }) => smsOff).map(({ contact }) => contact.name)).toEqual(['Luis Ortega']);
  const days = new Set(items.map(({ lastMessage }) => lastMessage.at.slice(0, 10)));
  expect(days.size).toBeGreaterThanOrEqual(3);
  const now = new Date().toISOString();
  expect(items.every(({ lastMessage }) => lastMessage.at < now)).toBe(true);

  const accounts = await (await fetch(`${emulator.url}/emulator/api/accounts`)).json();
  expect(JSON.stringify(accounts)).toContain('http://127.0.0.1:3000/webhooks/twilio/messages#rc=5&rp=ct,rt,5xx');
  expect(JSON.stringify(accounts)).toContain('http://127.0.0.1:3000/webhooks/telnyx/messages');
  expect(demo?.numbers.map(({ e164, carrier }) => `${carrier} ${e164}`)).toEqual([
    'twilio +17205550110',
    'twilio +17205550112',
    'telnyx +17205550114',
  ]);
});

test('a later start changes no data and brings the addresses up to date, here and at the emulator', async () => {
  const demo = await ensureDemo(deps());
  const moved = await ensureDemo(deps({ publicUrl: 'http://127.0.0.1:4000' }));
  expect(moved).toEqual({ ...demo, url: 'http://127.0.0.1:4000' });
  expect(await server.db.peek('select 1 from tenants')).toHaveLength(1);
  const accounts = await (await fetch(`${emulator.url}/emulator/api/accounts`)).json();
  expect(JSON.stringify(accounts)).toContain('http://127.0.0.1:4000/webhooks/twilio/messages');
});

test('a start that was cut short anywhere is finished by the next one, with nothing twice', async () => {
  const counts = async () =>
    (
      await server.db.peek(
        `select (select count(*) from tenants) as tenants, (select count(*) from users) as users, (select count(*) from messages) as messages,
           (select count(*) from contacts) as contacts, (select count(*) from numbers) as numbers, (select count(*) from api_keys) as keys`,
      )
    )[0];
  // Each try gets a few steps further than the one before.
  for (let steps = 2; steps <= 40; steps += 9) {
    let left = steps;
    const step = async <T>(work: () => Promise<T>) => {
      if (left-- <= 0) throw new Error('power cut');
      return work();
    };
    const working = deps();
    const failing: DemoDeps = {
      ...working,
      signIn: { ensureUser: (person) => step(() => working.signIn.ensureUser(person)) },
      core: {
        ...working.core,
        database: {
          ...working.core.database,
          withTenant: (tenantId, work) => step(() => working.core.database.withTenant(tenantId, work)),
        },
      },
    };
    await expect(ensureDemo(failing)).rejects.toThrow('power cut');
    await expect(stat(path.join(dataDir, 'demo.json'))).rejects.toThrow('ENOENT');
  }
  const demo = await ensureDemo(deps());
  const lines = STORIES.reduce((sum, story) => sum + story.lines.length, 0);
  expect(await counts()).toEqual({
    tenants: '1',
    users: '5',
    messages: String(lines),
    contacts: '10',
    numbers: '3',
    keys: '1',
  });
  for (const { email, password } of demo?.users ?? []) expect(await server.cookieOf(email, password)).toContain('=');
});

test('an installation that somebody uses, or that others can reach, gets no demo', async () => {
  expect(await ensureDemo(deps({ demoAllowed: false }))).toBeNull();
  await server.addTenant();
  expect(await ensureDemo(deps())).toBeNull();
  expect(await readdir(dataDir)).toEqual([]);
});

function directoryOf() {
  return createNumberDirectory(server.db, createSealer(Buffer.alloc(32)));
}
