import {
  HOT_TIER_AUDIENCE,
  HOT_TIER_TOKEN_SECONDS,
  type PersonClaims,
  type ServiceClaims,
} from '@patchline/contracts/token-claims';
import { importJWK, SignJWT } from 'jose';
import type { PersonPrincipal } from '../http/principal.ts';
import type { HotTierKeys } from './hot-tier-keys.ts';

export interface HotToken {
  token: string;
  expiresAt: Date;
}

/** Issues the tokens by which the hot tier knows people and this server. It asks nobody else. */
export interface HotTokens {
  personToken(person: PersonPrincipal): Promise<HotToken>;
  /** The server's own token, the same one until a minute before it ends. */
  serviceToken(): Promise<string>;
}

const RENEW_BEFORE_MS = 60_000;

export async function createHotTokens(options: {
  keys: HotTierKeys;
  /** The `iss` that the hot tier was told to accept. */
  issuer: string;
  now?: () => number;
}): Promise<HotTokens> {
  const [newest] = options.keys.keys;
  if (newest === undefined) throw new Error('There is no key to sign hot-tier tokens with');
  const key = await importJWK(newest.privateJwk, 'ES256');
  const now = options.now ?? Date.now;

  const sign = async (claims: PersonClaims | ServiceClaims): Promise<HotToken> => {
    const issuedAt = Math.floor(now() / 1000);
    const expires = issuedAt + HOT_TIER_TOKEN_SECONDS;
    const token = await new SignJWT({ ...claims })
      .setProtectedHeader({ alg: 'ES256', kid: newest.kid, typ: 'JWT' })
      .setIssuer(options.issuer)
      .setAudience(HOT_TIER_AUDIENCE)
      .setIssuedAt(issuedAt)
      .setExpirationTime(expires)
      .sign(key);
    return { token, expiresAt: new Date(expires * 1000) };
  };

  let service: HotToken | null = null;
  return {
    personToken: ({ userId, tenantId, role, sessionId, name, teams }) =>
      sign({ sub: userId, tenant: tenantId, role, sid: sessionId, name, teams: [...teams] }),
    async serviceToken() {
      if (service === null || service.expiresAt.getTime() - now() < RENEW_BEFORE_MS) {
        service = await sign({ sub: 'service', role: 'service' });
      }
      return service.token;
    },
  };
}
