import type { CarrierAccount } from '../api/types.ts';

/** What each carrier calls things, and where its credentials are found. */
export const CARRIERS = {
  twilio: {
    name: 'Twilio',
    place: 'Twilio’s console',
    token: 'auth token',
    newToken: 'Make a secondary token in Twilio’s console and enter it here. Texts keep arriving all the while.',
    finish: 'Two tokens are in use. Promote the new one in Twilio’s console, then drop the old one here.',
    drop: 'Drop the old token',
  },
  telnyx: {
    name: 'Telnyx',
    place: 'Telnyx’s portal',
    token: 'API key',
    newToken: 'Make a new API key in Telnyx’s portal and enter it here. Delete the old one there afterwards.',
    finish: 'Two public keys are accepted. Once texts arrive with the new one, drop the old one here.',
    drop: 'Drop the old public key',
  },
} as const satisfies Record<CarrierAccount['carrier'], Record<string, string>>;
