import { createPublicKey, type KeyObject, verify } from 'node:crypto';
import type { JSONValue } from 'convex/values';
import { AuthenticationError, StartError } from './errors.ts';
import type { Identity } from './identity.ts';

/** A provider of `auth.config.ts`. */
export type AuthProvider =
  | { type: 'customJwt'; issuer: string; jwks: string; algorithm: 'RS256' | 'ES256'; applicationID?: string }
  | { type?: undefined; domain: string; applicationID: string };

/** An accepted token. */
export interface Verified {
  readonly identity: Identity;
  /** Milliseconds since 1970. */
  readonly expiresAt: number;
}

const LEEWAY_S = 5;
const KEYS_FRESH_MS = 5 * 60 * 1000;
/** Unknown key ids make us fetch again, but not more often than this. */
const KEYS_RETRY_MS = 10 * 1000;
const FETCH_TIMEOUT_MS = 10_000;
const REMEMBERED_TOKENS = 2000;

/** Issuers are compared without the scheme and a trailing slash. */
function normalIssuer(issuer: string): string {
  return issuer.replace(/^https:\/\//, '').replace(/\/$/, '');
}

interface KeySet {
  readonly keys: Map<string, KeyObject>;
  readonly fetchedAt: number;
}

async function fetchJson(url: string): Promise<unknown> {
  const response = await fetch(url, { signal: AbortSignal.timeout(FETCH_TIMEOUT_MS) });
  if (!response.ok) throw new AuthenticationError(`${url} answered ${response.status}.`);
  return response.json();
}

/** Fetches and remembers one provider's public keys. */
class Keys {
  private readonly provider: AuthProvider;
  private current: KeySet | null = null;
  private fetching: Promise<KeySet> | null = null;

  constructor(provider: AuthProvider) {
    this.provider = provider;
  }

  async find(kid: string): Promise<KeyObject | undefined> {
    const age = Date.now() - (this.current?.fetchedAt ?? 0);
    if (!this.current || age > KEYS_FRESH_MS || (!this.current.keys.has(kid) && age > KEYS_RETRY_MS)) {
      this.fetching ??= this.load().finally(() => {
        this.fetching = null;
      });
      try {
        this.current = await this.fetching;
      } catch (error) {
        // Keys that were good go on being good while their provider cannot be reached.
        if (!this.current?.keys.has(kid)) throw error;
      }
    }
    return this.current?.keys.get(kid);
  }

  private async load(): Promise<KeySet> {
    const { provider } = this;
    let url: string;
    if (provider.type === 'customJwt') {
      url = provider.jwks;
    } else {
      const base = /^https?:/.test(provider.domain) ? provider.domain : `https://${provider.domain}`;
      const discovery = (await fetchJson(`${base.replace(/\/$/, '')}/.well-known/openid-configuration`)) as {
        jwks_uri: string;
      };
      url = discovery.jwks_uri;
    }
    const { keys } = (await fetchJson(url)) as { keys: (JsonWebKey & { kid?: string })[] };
    const byId = new Map<string, KeyObject>();
    for (const key of keys) {
      // A key set may hold keys of other kinds, for other readers.
      const usable = key.kty === 'EC' || key.kty === 'RSA';
      if (usable && typeof key.kid === 'string')
        byId.set(key.kid, createPublicKey({ key: key as never, format: 'jwk' }));
    }
    return { keys: byId, fetchedAt: Date.now() };
  }
}

function decodePart(part: string | undefined): Record<string, JSONValue> {
  try {
    const value = JSON.parse(Buffer.from(part ?? '', 'base64url').toString()) as unknown;
    if (value !== null && typeof value === 'object') return value as Record<string, JSONValue>;
  } catch (error) {
    throw new AuthenticationError(`The token cannot be decoded: ${(error as Error).message}`);
  }
  throw new AuthenticationError('The token cannot be decoded.');
}

/** Verifies tokens against the providers of `auth.config.ts`. */
export class Authenticator {
  private readonly providers: { provider: AuthProvider; issuer: string; keys: Keys }[];
  private readonly accepted = new Map<string, Verified>();

  constructor(providers: AuthProvider[]) {
    this.providers = providers.map((provider) => {
      const issuer = provider.type === 'customJwt' ? provider.issuer : provider.domain;
      if (!issuer) throw new StartError('auth.config: a provider has no issuer. Are all environment variables set?');
      if (provider.type === 'customJwt' && !provider.jwks) {
        throw new StartError(`auth.config: the provider ${issuer} has no jwks. Are all environment variables set?`);
      }
      return { provider, issuer: normalIssuer(issuer), keys: new Keys(provider) };
    });
  }

  /** The identity of a token. Throws `AuthenticationError`. */
  async verify(token: string): Promise<Verified> {
    const known = this.accepted.get(token);
    if (known) {
      if (Date.now() < known.expiresAt) return known;
      this.accepted.delete(token);
    }
    const verified = await this.verifyNew(token);
    this.accepted.set(token, verified);
    if (this.accepted.size > REMEMBERED_TOKENS) this.accepted.delete(this.accepted.keys().next().value as string);
    return verified;
  }

  private async verifyNew(token: string): Promise<Verified> {
    const [head, body, signature, ...rest] = token.split('.');
    if (signature === undefined || rest.length > 0) throw new AuthenticationError('The token is not a JWT.');
    const header = decodePart(head);
    const claims = decodePart(body);
    const audience = Array.isArray(claims.aud) ? claims.aud : [claims.aud];
    const found = this.providers.find(
      ({ provider, issuer }) =>
        typeof claims.iss === 'string' &&
        normalIssuer(claims.iss) === issuer &&
        (provider.applicationID === undefined || audience.includes(provider.applicationID)),
    );
    if (!found) throw new AuthenticationError('No auth provider found matching the given token.');
    const algorithm = found.provider.type === 'customJwt' ? found.provider.algorithm : 'RS256';
    if (header.alg !== algorithm) throw new AuthenticationError(`The token must be signed with ${algorithm}.`);
    if (typeof header.kid !== 'string') throw new AuthenticationError('The token has no key id.');
    const key = await found.keys.find(header.kid);
    if (!key) throw new AuthenticationError('The token is signed with an unknown key.');
    const expected = algorithm === 'ES256' ? 'ec' : 'rsa';
    const valid =
      key.asymmetricKeyType === expected &&
      verify(
        'sha256',
        Buffer.from(`${head}.${body}`),
        algorithm === 'ES256' ? { key, dsaEncoding: 'ieee-p1363' } : key,
        Buffer.from(signature, 'base64url'),
      );
    if (!valid) throw new AuthenticationError('The signature of the token is wrong.');
    return accept(claims, found.provider.type === 'customJwt');
  }
}

const STANDARD: Record<string, string> = {
  name: 'name',
  given_name: 'givenName',
  family_name: 'familyName',
  nickname: 'nickname',
  preferred_username: 'preferredUsername',
  profile: 'profileUrl',
  picture: 'pictureUrl',
  email: 'email',
  email_verified: 'emailVerified',
  gender: 'gender',
  birthdate: 'birthday',
  zoneinfo: 'timezone',
  locale: 'language',
  phone_number: 'phoneNumber',
  phone_number_verified: 'phoneNumberVerified',
  address: 'address',
  updated_at: 'updatedAt',
};
/** Of no interest to functions, or names that only the token's issuer and subject may fill. */
const NOT_IDENTITY = new Set('iss sub aud exp iat nbf jti tokenIdentifier issuer subject __proto__'.split(' '));

/** Adds what nested claims hold under dotted names (`identity['properties.id']`), as documented for custom JWTs. */
function addNested(identity: Record<string, JSONValue>, path: string, value: JSONValue): void {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return;
  for (const [name, item] of Object.entries(value)) {
    identity[`${path}.${name}`] = item as JSONValue;
    addNested(identity, `${path}.${name}`, item as JSONValue);
  }
}

/** Checks the times of verified claims and makes the identity of them. */
function accept(claims: Record<string, JSONValue>, nested: boolean): Verified {
  const { iss, sub, exp, nbf } = claims;
  const now = Date.now() / 1000;
  if (typeof sub !== 'string') throw new AuthenticationError('The token has no subject.');
  if (typeof exp !== 'number') throw new AuthenticationError('The token has no expiry.');
  if (exp + LEEWAY_S <= now) throw new AuthenticationError('The token has expired.');
  if (typeof nbf === 'number' && nbf - LEEWAY_S > now) throw new AuthenticationError('The token is not valid yet.');
  const identity: Record<string, JSONValue> = { tokenIdentifier: `${iss}|${sub}`, issuer: iss as string, subject: sub };
  for (const [claim, value] of Object.entries(claims)) {
    if (NOT_IDENTITY.has(claim)) continue;
    identity[STANDARD[claim] ?? claim] = value;
    if (nested) addNested(identity, claim, value);
  }
  return { identity, expiresAt: (exp + LEEWAY_S) * 1000 };
}
