import { allowInsecureRequests, type Configuration, discovery } from 'openid-client';
import { ApiError } from '../platform/http/api-error.ts';
import { isLoopback } from '../platform/settings.ts';
import type { AccountDeps } from './deps.ts';

const PATIENCE_SECONDS = 10;

/** Where providers send people back to; it is registered at each of them. */
export const CALLBACK_PATH = '/api/auth/sso/callback';

/** Asks a provider what it is (OpenID Connect Discovery). Throws `invalid_input` about its issuer when it is none. */
export async function discoverProvider(
  deps: Pick<AccountDeps, 'allowLoopbackIssuer' | 'log'>,
  provider: { issuer: string; clientId: string; clientSecret?: string },
): Promise<Configuration> {
  const issuer = URL.canParse(provider.issuer) ? new URL(provider.issuer) : null;
  const plain = issuer?.protocol === 'http:' && deps.allowLoopbackIssuer && isLoopback(issuer.hostname);
  if (issuer === null || (issuer.protocol !== 'https:' && !plain) || issuer.username !== '') {
    throw wrongIssuer('must be an address that begins with https://');
  }
  try {
    return await discovery(issuer, provider.clientId, provider.clientSecret, undefined, {
      timeout: PATIENCE_SECONDS,
      ...(plain && { execute: [allowInsecureRequests] }),
    });
  } catch (error) {
    deps.log.info({ issuer: issuer.origin, code: (error as { code?: string }).code }, 'a provider did not answer');
    throw wrongIssuer('does not answer as a provider of OpenID Connect');
  }
}

function wrongIssuer(message: string): ApiError {
  return new ApiError('invalid_input', {
    message: 'The provider of single sign-on cannot be used. Copy its issuer address again.',
    details: [{ path: 'issuer', message }],
  });
}
