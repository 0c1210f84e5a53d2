import { randomInt, randomUUID } from 'node:crypto';

/** A Twilio-shaped identifier: two letters and 32 lower-case hexadecimal digits. */
export function newSid(prefix: 'SM' | 'MM' | 'PN' | 'ME' | 'RQ' | 'MG' | 'AP' | 'SK'): string {
  return prefix + randomUUID().replaceAll('-', '');
}

/** Telnyx numbers its telephone numbers with 19 decimal digits; all its other resources have UUIDs. */
export function newNumberId(): string {
  return `1${randomInt(10 ** 9, 10 ** 10 - 1)}${randomInt(10 ** 7, 10 ** 8 - 1)}`;
}
