import { ConvexHttpClient } from 'convex/browser';
import { expect, test } from 'vitest';
import { q } from './api.ts';
import { serve } from './harness.ts';
import { ISSUER, issuer } from './tokens.ts';

async function identityOf(claims: object): Promise<Record<string, unknown>> {
  const keys = issuer();
  const http = new ConvexHttpClient((await serve({ env: keys.env })).url);
  http.setAuth(keys.token(claims));
  return http.query(q<Record<string, unknown>>('identity:whole'), {});
}

test('a custom token’s nested claims are read by their dotted names', async () => {
  const identity = await identityOf({ sub: 'u', role: 'admin', properties: { id: '123', org: { name: 'o' } } });
  expect(identity).toMatchObject({ role: 'admin', 'properties.id': '123', 'properties.org.name': 'o' });
  expect(identity.properties).toEqual({ id: '123', org: { name: 'o' } });
});

test('no claim can take the place of who the user is', async () => {
  const identity = await identityOf({ sub: 'u', subject: 'x', issuer: 'x', tokenIdentifier: 'x' });
  expect(identity).toEqual({ subject: 'u', issuer: ISSUER, tokenIdentifier: `${ISSUER}|u` });
});

test('a key of another kind in the key set does not spoil the others', async () => {
  const keys = issuer();
  const set = JSON.stringify({ keys: [{ kty: 'oct', kid: 'k0', k: 'AA' }, keys.jwk] });
  const env = { ...keys.env, JWKS: `data:application/json,${encodeURIComponent(set)}` };
  const http = new ConvexHttpClient((await serve({ env })).url);
  http.setAuth(keys.token({ sub: 'u' }));
  expect(await http.query(q('identity:signedIn'), {})).toBe(true);
});
