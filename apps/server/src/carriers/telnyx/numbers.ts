import { telnyxError } from '@patchline/domain/carrier-errors';
import Telnyx from 'telnyx';
import type { PhoneNumberWithMessagingSettings } from 'telnyx/resources/shared.js';
import type { CarrierAccount } from '../messaging-carrier.ts';
import { type CarrierNumber, CarrierRefusal, type NumberAdmin } from '../number-admin.ts';
import { telnyxClients } from './client.ts';
import { firstError } from './messaging.ts';
import { type MessagingProfile, telnyxProfiles } from './profiles.ts';
import { TELNYX_PATH } from './webhook-urls.ts';

const PAGE = { 'page[size]': 250 };

/**
 * Telnyx's account and numbers through its official client. `apiUrl` replaces https://api.telnyx.com, null leaves it.
 * A number has no address of its own at Telnyx: its texts go where its messaging profile says.
 */
export function telnyxNumberAdmin(apiUrl: string | null): NumberAdmin {
  const clientOf = telnyxClients(apiUrl);
  const profilesOf = (account: CarrierAccount) => telnyxProfiles(clientOf(account));

  return {
    checkCredentials: (account) =>
      asking(async () => {
        const client = clientOf(account);
        // Nothing names the account but what belongs to it.
        const [profile] = (await client.messagingProfiles.list({ 'page[size]': 1 })).data ?? [];
        const [number] = profile ? [] : ((await client.phoneNumbers.messaging.list({ 'page[size]': 1 })).data ?? []);
        const accountRef = profile?.organization_id ?? number?.organization_id ?? '';
        if (accountRef === '') {
          throw new CarrierRefusal(
            'refused',
            'This Telnyx account has no number yet. Rent one at Telnyx, then come back.',
          );
        }
        return { accountRef, name: null };
      }),
    listNumbers: (account) =>
      asking(async () => {
        const profiles = await profilesOf(account).all();
        const numbers: CarrierNumber[] = [];
        for await (const one of clientOf(account).phoneNumbers.messaging.list(PAGE)) {
          numbers.push(toCarrierNumber(one, profiles.get(one.messaging_profile_id ?? '')));
        }
        return numbers;
      }),
    findNumber: (account, e164) =>
      asking(async () => {
        const listed = clientOf(account).phoneNumbers.messaging.list({ ...PAGE, 'filter[phone_number]': e164 });
        for await (const one of listed) {
          if (one.phone_number !== e164) continue;
          return toCarrierNumber(one, await profilesOf(account).find(one.messaging_profile_id));
        }
        return null;
      }),
    setWebhook: (account, carrierRef, url) =>
      asking(async () => {
        const settings = clientOf(account).phoneNumbers.messaging;
        const profiles = profilesOf(account);
        const number = (await settings.retrieve(carrierRef)).data;
        const profile = await profiles.find(number?.messaging_profile_id);
        if (url === null) {
          if (profile === null) return;
          // A profile's address is that of all its numbers: with others in it, this one leaves.
          if (await profiles.isAlone(profile)) await profiles.pointTo(profile, null);
          else await settings.update(carrierRef, { messaging_profile_id: '' });
          return;
        }
        if (profile !== null && (await profiles.mayPoint(profile, url))) return profiles.pointTo(profile, url);
        const ours = await profiles.ours(url, profile);
        await settings.update(carrierRef, { messaging_profile_id: ours });
      }),
    webhookUrl: (publicUrl) => publicUrl + TELNYX_PATH,
    proof: {
      kind: 'theirs',
      unsigned: (publicUrl, e164) => ({
        url: publicUrl + TELNYX_PATH,
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ data: { event_type: 'message.received', payload: { to: [{ phone_number: e164 }] } } }),
      }),
    },
  };
}

function toCarrierNumber(
  number: PhoneNumberWithMessagingSettings,
  profile: MessagingProfile | null | undefined,
): CarrierNumber {
  const e164 = number.phone_number ?? '';
  const { sms, mms } = number.features ?? {};
  return {
    carrierRef: number.id ?? '',
    e164,
    // Telnyx's numbers have no names.
    name: e164,
    capabilities: { sms: sms != null, mms: mms != null, voice: !/short/.test(number.type ?? '') },
    // Another version of its webhooks is none that we can read.
    webhookUrl: profile?.webhook_api_version === '2' ? (profile.webhook_url ?? '') : '',
  };
}

/** Runs requests; whatever the client throws becomes a refusal in words without the request's parts. */
async function asking<T>(request: () => Promise<T>): Promise<T> {
  try {
    return await request();
  } catch (error) {
    if (error instanceof CarrierRefusal) throw error;
    if (!(error instanceof Telnyx.APIError) || error.status === undefined) {
      throw new CarrierRefusal('unreachable', 'Telnyx did not answer.');
    }
    if (error.status === 401) {
      throw new CarrierRefusal('credentials', 'Telnyx does not accept this API key. Copy it again.');
    }
    if (error.status >= 500 || error.status === 429 || error.status === 408) {
      throw new CarrierRefusal('unreachable', `Telnyx answered ${error.status}.`);
    }
    throw new CarrierRefusal('refused', `Telnyx refused: ${telnyxError(firstError(error.error)).words}`);
  }
}
