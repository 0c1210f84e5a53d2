import type Telnyx from 'telnyx';
import type { MessagingMessagingProfile } from 'telnyx/resources/messaging-profiles/messaging-profiles.js';

export type MessagingProfile = MessagingMessagingProfile;

/** What a profile of ours is called at Telnyx. */
const NAME = 'Patchline';

/** Where a profile of ours may send, when the number had none before. Who texts elsewhere adds it at Telnyx. */
const DESTINATIONS = ['US', 'CA'];

/** The messaging profiles of one account. */
export function telnyxProfiles(client: Telnyx) {
  const all = async () => {
    const profiles = new Map<string, MessagingProfile>();
    for await (const profile of client.messagingProfiles.list({ 'page[size]': 250 })) {
      if (profile.id !== undefined) profiles.set(profile.id, profile);
    }
    return profiles;
  };
  const isAlone = async (profile: MessagingProfile) => {
    const { data } = await client.messagingProfiles.listPhoneNumbers(profile.id ?? '', { 'page[size]': 2 });
    return (data ?? []).length <= 1;
  };

  return {
    /** All of them, by id. */
    all,
    /** Whether at most one number is in it. */
    isAlone,
    async find(id: string | null | undefined): Promise<MessagingProfile | null> {
      return id ? ((await client.messagingProfiles.retrieve(id)).data ?? null) : null;
    },
    /** Whether its address may be set: it has none, or this one, or no other number's texts would be led away. */
    async mayPoint(profile: MessagingProfile, url: string): Promise<boolean> {
      return !profile.webhook_url || profile.webhook_url === url || (await isAlone(profile));
    },
    /** Sends the texts of all its numbers there, or nowhere, in the version that we read. */
    async pointTo(profile: MessagingProfile, url: string | null): Promise<void> {
      await client.messagingProfiles.update(profile.id ?? '', { webhook_url: url ?? '', webhook_api_version: '2' });
    },
    /** A profile that leads here, made if there is none. It may send where `like` may. */
    async ours(url: string, like: MessagingProfile | null): Promise<string> {
      for (const { id, name, webhook_url } of (await all()).values()) {
        if (name === NAME && webhook_url === url && id !== undefined) return id;
      }
      const made = await client.messagingProfiles.create({
        name: NAME,
        whitelisted_destinations: like?.whitelisted_destinations ?? DESTINATIONS,
        webhook_url: url,
        webhook_api_version: '2',
      });
      return made.data?.id ?? '';
    },
  };
}
