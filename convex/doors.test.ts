import { readdirSync } from 'node:fs';
import { type FunctionReference, makeFunctionReference } from 'convex/server';
import { generateKeyPair } from 'jose';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type HotTier, messageRow, refusalOf, startHotTier, threadRow } from './testing.kit.ts';

/** Who may call what. A public function that is not listed here fails the first test. */
const PEOPLE: Record<string, Record<string, unknown>> = {
  'inbox:recent': {},
  'smsMessages:forThread': { threadId: 't' },
  'locks:forThread': { threadId: 't' },
  'locks:held': {},
  'locks:take': { threadId: 't', tabId: 'tab' },
  'locks:renew': { threadId: 't', tabId: 'tab', token: 1 },
  'locks:release': { threadId: 't', tabId: 'tab', token: 1 },
  'typing:forThread': { threadId: 't' },
  'typing:set': { threadId: 't' },
  'typing:clear': { threadId: 't' },
};
const holder = { userId: 'ana', name: 'Ana', tabId: 'tab' };
const THE_SERVER: Record<string, Record<string, unknown>> = {
  'feed:apply': { entries: [] },
  'feed:hydrate': { thread: threadRow('acme', 't'), messages: [messageRow('acme', 't', 1)] },
  'feed:missing': { threadIds: ['t'] },
  'locks:claimSend': { tenantId: 'acme', threadId: 't', userId: 'ana', token: 1 },
  'locks:transfer': { tenantId: 'acme', threadId: 't', holder, token: 1 },
  'locks:releaseFor': { tenantId: 'acme', threadId: 't', userId: 'ana', tabId: 'tab', token: 1 },
  'locks:current': { tenantId: 'acme', threadId: 't' },
  'locks:dropSession': { tenantId: 'acme', userId: 'ana' },
  'maintenance:counts': { tenantId: 'acme' },
};

interface Registered {
  isPublic?: boolean;
  isInternal?: boolean;
  isQuery?: boolean;
  exportArgs(): string;
  exportReturns(): string;
}

/** Every function of every module, as a deployment would find them. */
const files = readdirSync(import.meta.dirname).filter((file) => /^\w+\.ts$/.test(file));
const functions: { name: string; made: Registered }[] = [];
for (const file of files) {
  const exports = (await import(/* @vite-ignore */ `./${file}`)) as Record<string, Registered>;
  for (const [name, made] of Object.entries(exports)) {
    if (made.isPublic || made.isInternal) functions.push({ name: `${file.slice(0, -3)}:${name}`, made });
  }
}
const publicOnes = functions.filter(({ made }) => made.isPublic);

let hot: HotTier;
beforeAll(async () => {
  hot = await startHotTier();
});
afterAll(() => hot.close());

function call(token: string | null, name: string): Promise<unknown> {
  const args = PEOPLE[name] ?? THE_SERVER[name] ?? {};
  const client = hot.with(token);
  const made = functions.find((one) => one.name === name)?.made;
  return made?.isQuery
    ? client.query(makeFunctionReference<'query'>(name) as FunctionReference<'query'>, args)
    : client.mutation(makeFunctionReference<'mutation'>(name) as FunctionReference<'mutation'>, args);
}

test('every public function is listed with who may call it, and says what it takes and gives', () => {
  expect(publicOnes.map(({ name }) => name).sort()).toEqual(
    [...Object.keys(PEOPLE), ...Object.keys(THE_SERVER)].sort(),
  );
  for (const { name, made } of functions) {
    expect(JSON.parse(made.exportArgs()), name).toMatchObject({ type: 'object' });
    expect(JSON.parse(made.exportReturns()), name).not.toBeNull();
  }
});

describe.each(Object.keys(PEOPLE))('%s', (name) => {
  test('is refused without a token', async () => {
    expect(await refusalOf(call(null, name))).toMatchObject({ code: 'unauthenticated' });
  });

  test('is refused to the server, whose token has no tenant', async () => {
    expect(await refusalOf(call(await hot.serviceToken(), name))).toMatchObject({ code: 'forbidden' });
  });

  test('is refused to tokens with a claim that is missing, empty or unknown', async () => {
    for (const who of [
      { tenant: '', user: 'ana' },
      { tenant: 'acme', user: 'ana', role: 'service' as never },
      { tenant: 'acme', user: 'ana', role: 'root' as never },
    ]) {
      expect(await refusalOf(call(await hot.personToken(who), name))).toMatchObject({ code: 'forbidden' });
    }
  });
});

describe.each(Object.keys(THE_SERVER))('%s', (name) => {
  test('is refused without a token', async () => {
    expect(await refusalOf(call(null, name))).toMatchObject({ code: 'unauthenticated' });
  });

  test('is refused to people, whatever their role, also to one whose id is "service"', async () => {
    for (const who of [
      { tenant: 'acme', user: 'olga', role: 'owner' as const },
      { tenant: 'acme', user: 'service', role: 'owner' as const },
      { tenant: 'acme', user: 'olga', role: 'service' as never },
    ]) {
      expect(await refusalOf(call(await hot.personToken(who), name))).toMatchObject({ code: 'forbidden' });
    }
  });
});

test('nobody can call what is internal', async () => {
  for (const { name } of functions.filter(({ made }) => made.isInternal)) {
    await expect(call(await hot.serviceToken(), name)).rejects.toThrow('Server Error');
    expect(hot.logged.at(-1)).toContain(`Could not find public function for '${name}'`);
  }
});

test('a token that ran out, of another issuer, for another audience or signed with another key opens nothing', async () => {
  const who = { tenant: 'acme', user: 'ana' };
  const stranger = await generateKeyPair('ES256');
  const tokens = [
    await hot.personToken(who, { expiresIn: -30 }),
    await hot.personToken(who, { issuer: 'https://elsewhere.test' }),
    await hot.personToken(who, { audience: 'another' }),
    await hot.personToken(who, { key: stranger.privateKey }),
    `${(await hot.personToken(who)).slice(0, -8)}AAAAAAAA`,
    'not a token',
  ];
  for (const token of tokens) await expect(call(token, 'inbox:recent')).rejects.toThrow();
  await expect(call(await hot.personToken(who), 'inbox:recent')).resolves.toEqual({ threads: [] });
});
