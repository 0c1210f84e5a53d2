import { randomUUID } from 'node:crypto';
import type { z } from 'zod';
import type { Context } from '../context.ts';
import { type Account, type CarrierName, type Limits, SERVICE_DEFAULTS } from '../store/accounts.ts';
import { type MessagingProfile, PROFILE_DEFAULTS } from '../telnyx/resources.ts';
import { newKeys, publicKeyOf } from '../telnyx/signature.ts';
import { ControlError } from './errors.ts';
import type { accountBody, telnyxAccountBody, twilioAccountBody } from './schemas.ts';

type TwilioBody = z.output<typeof twilioAccountBody>;
type TelnyxBody = z.output<typeof telnyxAccountBody>;

/** Carriers keep what a number cannot send yet for so long: Twilio ten hours, Telnyx four. */
const QUEUE_SECONDS: Record<CarrierName, number> = { twilio: 36_000, telnyx: 14_400 };

/**
 * Makes the account what the request says: its numbers are exactly those named. What is left out (a number's URLs, keys,
 * Messaging Services, the profile's id) stays as it was, so that repeating a request changes nothing.
 * @throws ControlError number_taken when another account has one of the numbers, key_taken for its API key,
 * carrier_fixed when the account is another carrier's, invalid_request for keys that do not belong together; then
 * nothing is changed.
 */
export function saveAccount(context: Context, sid: string, wanted: z.output<typeof accountBody>): Account {
  const { accounts } = context;
  for (const { e164 } of wanted.numbers) {
    const owner = accounts.number(e164)?.accountSid;
    if (owner !== undefined && owner !== sid) throw new ControlError('number_taken', { e164, accountSid: owner });
  }
  const known = accounts.account(sid);
  if (known && known.carrier !== wanted.carrier) throw new ControlError('carrier_fixed', { carrier: known.carrier });
  return wanted.carrier === 'telnyx' ? saveTelnyx(context, sid, wanted) : saveTwilio(context, sid, wanted);
}

function saveTwilio(context: Context, sid: string, wanted: TwilioBody): Account {
  const { accounts, clock } = context;
  const now = clock.now();
  const account = merged(context, sid, wanted, wanted.authToken, { webhookPrivateKey: '', webhookPublicKey: '' });
  accounts.saveAccount(account);
  saveNumbers(context, sid, wanted.numbers, {});
  if (!wanted.messagingServices) return account;
  const keep = new Set(wanted.messagingServices.map((service) => service.sid));
  for (const service of accounts.services.allOf(sid)) if (!keep.has(service.sid)) accounts.services.remove(service.sid);
  for (const service of wanted.messagingServices) {
    const before = accounts.services.get(service.sid);
    const createdAt = before?.createdAt ?? now;
    accounts.services.save({ ...SERVICE_DEFAULTS, ...service, accountSid: sid, createdAt, updatedAt: now });
  }
  return account;
}

function saveTelnyx(context: Context, sid: string, wanted: TelnyxBody): Account {
  const { accounts } = context;
  const owner = accounts.byApiKey(wanted.apiKey);
  if (owner && owner.sid !== sid) throw new ControlError('key_taken');
  const account = merged(context, sid, wanted, wanted.apiKey, keysFor(accounts.account(sid), wanted));
  accounts.saveAccount(account);
  const profile = saveProfile(context, sid, wanted.messagingProfile);
  saveNumbers(context, sid, wanted.numbers, { messagingProfileId: profile.sid });
  return account;
}

function merged(
  context: Context,
  sid: string,
  wanted: { carrier: CarrierName; friendlyName?: string; limits?: Partial<Limits> },
  authToken: string,
  keys: Pick<Account, 'webhookPrivateKey' | 'webhookPublicKey'>,
): Account {
  const known = context.accounts.account(sid);
  const now = context.clock.now();
  return {
    sid,
    carrier: wanted.carrier,
    authToken,
    friendlyName: wanted.friendlyName ?? known?.friendlyName ?? 'Emulated account',
    limits: {
      requestsPerSecond: null,
      concurrency: null,
      segmentsPerSecond: null,
      queueSeconds: QUEUE_SECONDS[wanted.carrier],
      ...known?.limits,
      ...wanted.limits,
    },
    ...keys,
    createdAt: known?.createdAt ?? now,
    updatedAt: now,
  };
}

/** The keys given, those the account has, or new ones. */
function keysFor(known: Account | undefined, wanted: TelnyxBody): ReturnType<typeof newKeys> {
  const { webhookPrivateKey, webhookPublicKey } = wanted;
  if (!webhookPrivateKey) {
    if (webhookPublicKey && webhookPublicKey !== known?.webhookPublicKey) {
      throw new ControlError('invalid_request', undefined, 'webhookPublicKey: needs its webhookPrivateKey beside it');
    }
    if (!known) return newKeys();
    return { webhookPrivateKey: known.webhookPrivateKey, webhookPublicKey: known.webhookPublicKey };
  }
  const own = publicKeyOf(webhookPrivateKey);
  if (webhookPublicKey && webhookPublicKey !== own) {
    throw new ControlError('invalid_request', undefined, 'webhookPublicKey: is not that of webhookPrivateKey');
  }
  return { webhookPrivateKey, webhookPublicKey: own };
}

/** The account's profile: the one with the id given, or its first. */
function saveProfile(context: Context, accountSid: string, wanted: TelnyxBody['messagingProfile']): MessagingProfile {
  const { profiles, clock } = context;
  const now = clock.now();
  const known = wanted.id ? profiles.get(wanted.id) : profiles.allOf(accountSid)[0];
  if (known && known.accountSid !== accountSid) throw new ControlError('profile_taken');
  const given = {
    name: wanted.name,
    webhook_url: wanted.webhookUrl,
    webhook_failover_url: wanted.webhookFailoverUrl,
    whitelisted_destinations: wanted.whitelistedDestinations,
    number_pool_settings: wanted.numberPool && {
      toll_free_weight: 1,
      long_code_weight: 1,
      skip_unhealthy: false,
      sticky_sender: true,
      geomatch: false,
    },
  };
  return profiles.save({
    ...PROFILE_DEFAULTS,
    sid: wanted.id ?? randomUUID(),
    accountSid,
    v1_secret: randomUUID().replaceAll('-', ''),
    createdAt: now,
    ...known,
    ...Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)),
    updatedAt: now,
  });
}

function saveNumbers(
  context: Context,
  accountSid: string,
  wanted: z.output<typeof accountBody>['numbers'],
  more: { messagingProfileId?: string },
): void {
  const { accounts, clock } = context;
  const now = clock.now();
  const keep = new Set(wanted.map((number) => number.e164));
  for (const number of accounts.numbersOf(accountSid)) if (!keep.has(number.e164)) accounts.removeNumber(number);
  for (const { e164, ...settings } of wanted) {
    const number = accounts.number(e164);
    if (number) accounts.updateNumber(number, { ...settings, ...more }, now);
    else accounts.addNumber(accountSid, e164, { ...settings, ...more }, now);
  }
}
