import type { IncomingHttpHeaders } from 'node:http';

const SAFE_METHODS = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * Whether a request may have been made by another site in a signed-in person's browser.
 *
 * Every browser of the last years says where a state-changing request comes from, by `Sec-Fetch-Site` or at least by
 * `Origin`, and a page cannot change either. A request with neither is no browser's, so nobody's cookies were borrowed
 * for it. One with an Authorization header cannot be forged across sites, and cookies are ignored for it.
 */
export function isCrossSite(method: string, headers: IncomingHttpHeaders, ownOrigin: string): boolean {
  if (SAFE_METHODS.has(method) || headers.authorization !== undefined) return false;
  const site = headers['sec-fetch-site'];
  if (site !== undefined) return site !== 'same-origin' && site !== 'none';
  const { origin } = headers;
  if (origin === undefined || origin === ownOrigin) return false;
  // The page may have been opened under another of this server's names (localhost, 127.0.0.1).
  return !URL.canParse(origin) || new URL(origin).host !== headers.host;
}
