import type { z } from 'zod';
import type { Context } from '../context.ts';
import type { Account } from '../store/accounts.ts';
import { ControlError } from './errors.ts';
import type { accountBody } from './schemas.ts';

/**
 * Makes the account what the request says: its numbers and services are exactly those named. What a number's entry
 * leaves out (its URLs, for example) stays as it was, so that repeating a request changes nothing.
 * @throws ControlError number_taken when another account has one of the numbers; then nothing is changed.
 */
export function saveAccount(context: Context, sid: string, wanted: z.output<typeof accountBody>): Account {
  const { accounts, clock } = context;
  const now = clock.now();
  for (const { e164 } of wanted.numbers) {
    const owner = accounts.number(e164)?.accountSid;
    if (owner !== undefined && owner !== sid) throw new ControlError('number_taken', { e164, accountSid: owner });
  }
  const known = accounts.account(sid);
  const account: Account = {
    sid,
    carrier: wanted.carrier,
    authToken: wanted.authToken,
    friendlyName: wanted.friendlyName ?? known?.friendlyName ?? 'Emulated account',
    createdAt: known?.createdAt ?? now,
    updatedAt: now,
  };
  accounts.saveAccount(account);

  const keep = new Set(wanted.numbers.map((number) => number.e164));
  for (const number of accounts.numbersOf(sid)) if (!keep.has(number.e164)) accounts.removeNumber(number);
  for (const { e164, ...settings } of wanted.numbers) {
    const number = accounts.number(e164);
    if (number) accounts.updateNumber(number, settings, now);
    else accounts.addNumber(sid, e164, settings, now);
  }

  const services = new Set(wanted.messagingServices.map((service) => service.sid));
  for (const service of accounts.servicesOf(sid)) if (!services.has(service.sid)) accounts.removeService(service);
  for (const service of wanted.messagingServices) accounts.saveService({ ...service, accountSid: sid });
  return account;
}
