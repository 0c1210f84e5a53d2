import { validateRequest } from 'twilio/lib/webhooks/webhooks.js';

/** The parameters of a form: a name that came several times has all its values, as the signature counts them. */
export type FormParams = Record<string, string | string[]>;

/** Reads a form body. Bytes that are no UTF-8 become U+FFFD; the raw bytes are kept beside. */
export function parseForm(raw: Buffer): FormParams {
  const params: FormParams = Object.create(null);
  for (const [name, value] of new URLSearchParams(raw.toString('utf8'))) {
    const before = params[name];
    params[name] = before === undefined ? value : Array.isArray(before) ? [...before, value] : [before, value];
  }
  return params;
}

/** The first value of a parameter, or ''. */
export function param(params: FormParams, name: string): string {
  const value = params[name];
  return (Array.isArray(value) ? value[0] : value) ?? '';
}

/**
 * Whether Twilio signed this request with one of `authTokens`: HMAC-SHA1 over the URL as Twilio knows it and all
 * parameters, also those we do not know. `url` is made from PUBLIC_URL, never from the Host header.
 */
export function signedByTwilio(
  authTokens: readonly string[],
  signature: string | undefined,
  url: string,
  params: FormParams,
): boolean {
  if (signature === undefined || signature === '') return false;
  return authTokens.some((token) => validateRequest(token, signature, url, params));
}
