import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { HOT_TIER_AUDIENCE } from '@patchline/contracts/token-claims';
import { exportJWK, generateKeyPair, importJWK, type JWK, SignJWT } from 'jose';

const KID = 'hot-diff';
const ISSUER = 'https://hot-diff.invalid';

/** Signs tokens that both sides accept. */
export interface Signer {
  /** The deployment variables both sides need. */
  readonly variables: { PATCHLINE_ISSUER: string; PATCHLINE_JWKS: string };
  sign(subject: string, claims: Record<string, string>): Promise<string>;
}

/** The signer whose private key is in a file; made if there is none. */
export async function openSigner(file: string): Promise<Signer> {
  if (!existsSync(file)) {
    const { privateKey } = await generateKeyPair('ES256', { extractable: true });
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, JSON.stringify(await exportJWK(privateKey)), { mode: 0o600 });
  }
  const jwk = JSON.parse(readFileSync(file, 'utf8')) as JWK;
  const key = await importJWK(jwk, 'ES256');
  const { d: _private, ...open } = jwk;
  const keySet = JSON.stringify({ keys: [{ ...open, kid: KID, alg: 'ES256', use: 'sig' }] });
  return {
    variables: {
      PATCHLINE_ISSUER: ISSUER,
      PATCHLINE_JWKS: `data:application/json;base64,${Buffer.from(keySet).toString('base64')}`,
    },
    sign: (subject, claims) =>
      new SignJWT(claims)
        .setProtectedHeader({ alg: 'ES256', kid: KID, typ: 'JWT' })
        .setSubject(subject)
        .setIssuer(ISSUER)
        .setAudience(HOT_TIER_AUDIENCE)
        .setIssuedAt()
        .setExpirationTime('1h')
        .sign(key),
  };
}
