import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto';

export const ISSUER = 'https://issuer.test';

/** Makes a key and signs tokens with it. */
export function issuer(algorithm: 'ES256' | 'RS256' = 'ES256', kid = 'k1') {
  const { publicKey, privateKey } =
    algorithm === 'ES256'
      ? generateKeyPairSync('ec', { namedCurve: 'P-256' })
      : generateKeyPairSync('rsa', { modulusLength: 2048 });
  const jwk = { ...publicKey.export({ format: 'jwk' }), kid, alg: algorithm, use: 'sig' };
  const jwks = `data:application/json;base64,${Buffer.from(JSON.stringify({ keys: [jwk] })).toString('base64')}`;
  const token = (claims: object, seconds = 300, key: KeyObject = privateKey) => {
    const now = Math.floor(Date.now() / 1000);
    const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const body = { iss: ISSUER, aud: 'app', iat: now, exp: now + seconds, ...claims };
    const text = `${part({ alg: algorithm, kid, typ: 'JWT' })}.${part(body)}`;
    return `${text}.${sign('sha256', Buffer.from(text), algorithm === 'ES256' ? { key, dsaEncoding: 'ieee-p1363' } : key).toString('base64url')}`;
  };
  return { issuer: ISSUER, jwk, jwks, token, env: { ISSUER, JWKS: jwks, ALGORITHM: algorithm } };
}
