import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createLocalJWKSet, jwtVerify } from 'jose';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { PersonPrincipal } from '../http/principal.ts';
import { ensureHotTierKeys, type HotTierKeys, jwksDataUrl, rotateHotTierKeys } from './hot-tier-keys.ts';
import { createHotTokens } from './hot-tokens.ts';

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(path.join(tmpdir(), 'patchline-keys-'));
});
afterEach(() => rm(dir, { recursive: true }));

const issuer = 'https://patchline.test';
const mei: PersonPrincipal = {
  kind: 'person',
  tenantId: 't',
  userId: 'u',
  sessionId: 's',
  name: 'Mei Tanaka',
  email: 'mei@quillmere.example',
  role: 'agent',
  teams: ['a', 'b'],
  where: null,
};
const verify = (token: string, keys: HotTierKeys) => {
  const jwks = JSON.parse(Buffer.from(jwksDataUrl(keys).split(',')[1] ?? '', 'base64').toString());
  return jwtVerify(token, createLocalJWKSet(jwks), { issuer, audience: 'patchline', algorithms: ['ES256'] });
};

test('the hot tier can verify who a person is from the published keys alone, for five minutes', async () => {
  const keys = await ensureHotTierKeys(dir);
  const tokens = await createHotTokens({ keys, issuer });
  const { token, expiresAt } = await tokens.personToken(mei);
  const { payload } = await verify(token, keys);
  expect(payload).toMatchObject({
    sub: 'u',
    tenant: 't',
    role: 'agent',
    sid: 's',
    name: 'Mei Tanaka',
    teams: ['a', 'b'],
  });
  expect((payload.exp ?? 0) - (payload.iat ?? 0)).toBe(300);
  expect(expiresAt.getTime()).toBe((payload.exp ?? 0) * 1000);
  expect(jwksDataUrl(keys)).not.toContain(Buffer.from('"d"').toString('base64'));
  const service = await verify(await tokens.serviceToken(), keys);
  expect(service.payload).toMatchObject({ sub: 'service', role: 'service' });
  expect(service.payload).not.toHaveProperty('tenant');
});

test('a service token is renewed before it ends', async () => {
  let now = Date.now();
  const tokens = await createHotTokens({ keys: await ensureHotTierKeys(dir), issuer, now: () => now });
  const first = await tokens.serviceToken();
  now += 200_000;
  expect(await tokens.serviceToken()).toBe(first);
  now += 50_000;
  expect(await tokens.serviceToken()).not.toBe(first);
});

test('processes that start together agree on one key, which only their owner may read', async () => {
  const all = await Promise.all(Array.from({ length: 8 }, () => ensureHotTierKeys(dir)));
  expect(new Set(all.map(({ keys }) => keys[0]?.kid)).size).toBe(1);
  expect(await readdir(dir)).toEqual(['hot-tier-keys.json']);
  expect((await stat(path.join(dir, 'hot-tier-keys.json'))).mode & 0o777).toBe(0o600);
});

test('after a rotation the new key signs and the one before it is still good, but no older one', async () => {
  const made = async (createdAt: string) => {
    const folder = path.join(dir, createdAt);
    const { keys } = await ensureHotTierKeys(folder);
    return keys.map((key) => ({ ...key, createdAt }));
  };
  const [old, middle, young] = [await made('2026-01-01'), await made('2026-02-01'), await made('2026-03-01')];
  const signedWith = async (keys: HotTierKeys['keys']) =>
    (await (await createHotTokens({ keys: { keys }, issuer })).personToken(mei)).token;
  await writeFile(path.join(dir, 'hot-tier-keys.json'), JSON.stringify({ keys: [...old, ...middle, ...young] }));
  const now = await ensureHotTierKeys(dir);
  expect(now.keys[0]?.kid).toBe(young[0]?.kid);
  await expect(verify(await signedWith(now.keys), now)).resolves.toBeDefined();
  await expect(verify(await signedWith(middle), now)).resolves.toBeDefined();
  await expect(verify(await signedWith(old), now)).rejects.toThrow();
});

test('rotating adds a key, keeps the one in use valid, and drops the one before that', async () => {
  const first = await ensureHotTierKeys(dir);
  const second = await rotateHotTierKeys(dir);
  expect(second.keys.map(({ kid }) => kid)).toEqual([expect.any(String), first.keys[0]?.kid]);
  expect(await ensureHotTierKeys(dir)).toEqual(second);
  const token = (await (await createHotTokens({ keys: first, issuer })).personToken(mei)).token;
  await expect(verify(token, second)).resolves.toBeDefined();
  const third = await rotateHotTierKeys(dir);
  await expect(verify(token, third)).rejects.toThrow();
  expect((await readdir(dir)).filter((name) => name.startsWith('hot-tier'))).toEqual(['hot-tier-keys.json']);
  expect((await stat(path.join(dir, 'hot-tier-keys.json'))).mode & 0o777).toBe(0o600);
});
