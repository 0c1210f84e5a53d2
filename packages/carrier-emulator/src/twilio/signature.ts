import { createHmac } from 'node:crypto';

/**
 * X-Twilio-Signature: base64 of HMAC-SHA1, keyed with the account's auth token, over the URL as requested (with its
 * query, without its fragment) followed by each form parameter's name and value, sorted by name. Requests without a
 * form sign the URL alone.
 */
export function sign(authToken: string, url: string, params: Record<string, string>): string {
  let text = url;
  for (const name of Object.keys(params).sort()) text += name + params[name];
  return createHmac('sha1', authToken).update(text, 'utf8').digest('base64');
}
