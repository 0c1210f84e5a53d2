import { randomUUID } from 'node:crypto';

/** A Twilio-shaped identifier: two letters and 32 lower-case hexadecimal digits. */
export function newSid(prefix: 'SM' | 'MM' | 'PN' | 'ME' | 'RQ'): string {
  return prefix + randomUUID().replaceAll('-', '');
}
