import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ConvexHttpClient } from 'convex/browser';
import { expect, test, vi } from 'vitest';
import { Authenticator } from '../src/auth.ts';
import { q } from './api.ts';
import { onEnd, serve } from './harness.ts';
import { issuer } from './tokens.ts';

/** A web server of an identity provider. */
async function provider(handle: RequestListener): Promise<string> {
  const server = createServer(handle);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onEnd(() => new Promise((resolve) => server.close(() => resolve())));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const json = (response: Parameters<RequestListener>[1], body: unknown) => {
  response.setHeader('content-type', 'application/json');
  response.end(JSON.stringify(body));
};

test('keys are fetched from a URL, kept, and fetched again when a token names a new one', async () => {
  const first = issuer('ES256', 'k1');
  const second = issuer('ES256', 'k2');
  let keys = [first.jwk];
  let fetched = 0;
  let broken = false;
  const url = await provider((_request, response) => {
    fetched++;
    if (broken) response.writeHead(500).end();
    else json(response, { keys });
  });
  const auth = new Authenticator([
    { type: 'customJwt', issuer: first.issuer, jwks: `${url}/keys`, algorithm: 'ES256', applicationID: 'app' },
  ]);
  const subject = async (token: string) => (await auth.verify(token)).identity.subject;
  expect(await subject(first.token({ sub: 'a' }))).toBe('a');
  expect(await subject(first.token({ sub: 'b' }))).toBe('b');
  expect(fetched).toBe(1);
  keys = [first.jwk, second.jwk];
  // Unknown key ids cannot make this server ask all the time.
  await expect(subject(second.token({ sub: 'c' }))).rejects.toThrow('unknown key');
  expect(fetched).toBe(1);
  const clock = vi.spyOn(Date, 'now').mockReturnValue(Date.now() + 11_000);
  onEnd(() => clock.mockRestore());
  expect(await subject(second.token({ sub: 'd' }))).toBe('d');
  expect(fetched).toBe(2);
  // A provider that is down does not sign everybody out.
  broken = true;
  clock.mockReturnValue(Date.now() + 6 * 60_000);
  expect(await subject(first.token({ sub: 'e' }, 3600))).toBe('e');
  expect(fetched).toBe(3);
});

test('an OIDC provider is found by its domain', async () => {
  const keys = issuer('RS256');
  const asked: (string | undefined)[] = [];
  const domain = await provider((request, response) => {
    asked.push(request.url);
    json(response, request.url === '/jwks' ? { keys: [keys.jwk] } : { issuer: domain, jwks_uri: `${domain}/jwks` });
  });
  const auth = new Authenticator([{ domain, applicationID: 'app' }]);
  const { identity } = await auth.verify(keys.token({ iss: domain, sub: 'u', email_verified: true }));
  expect(identity).toMatchObject({ subject: 'u', tokenIdentifier: `${domain}|u`, emailVerified: true });
  expect(asked).toEqual(['/.well-known/openid-configuration', '/jwks']);
  await expect(auth.verify(keys.token({ iss: domain, sub: 'u', aud: 'other' }))).rejects.toThrow('No auth provider');
});

test('a server with keys behind a URL accepts its tokens', async () => {
  const keys = issuer();
  const url = await provider((_request, response) => json(response, { keys: [keys.jwk] }));
  const http = new ConvexHttpClient((await serve({ env: { ...keys.env, JWKS: url } })).url);
  http.setAuth(keys.token({ sub: 'u1' }));
  expect(await http.query(q('identity:whole'), {})).toMatchObject({ subject: 'u1' });
});
