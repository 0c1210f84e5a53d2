import type { CarrierAccount, MessagingCarrier } from './messaging-carrier.ts';
import { twilioMessaging } from './twilio/messaging.ts';

export type {
  CarrierAccount,
  CarrierMessage,
  MessagingCarrier,
  SendOutcome,
} from './messaging-carrier.ts';
export {
  createNumberDirectory,
  credentialContext,
  type DirectoryNumber,
  type NumberDirectory,
} from './number-directory.ts';
export { TWILIO_PROBE_PATH } from './twilio/numbers.ts';
export { statusFromTwilio } from './twilio/statuses.ts';
export { param } from './twilio/verify.ts';
export { twilioWebhookDoor, type VerifiedWebhook } from './twilio/webhook-door.ts';
export { TWILIO_RETRY_RULE, TWILIO_STATUS_PATH, TWILIO_TEXT_PATH } from './twilio/webhook-urls.ts';

/** The messaging adapter of an account's carrier. */
export type Carriers = (carrier: CarrierAccount['carrier']) => MessagingCarrier;

export function createCarriers(settings: { twilioApiUrl: string | null }): Carriers {
  const twilio = twilioMessaging(settings.twilioApiUrl);
  return (carrier) => {
    if (carrier === 'twilio') return twilio;
    throw new Error(`There is no adapter for ${carrier} yet`);
  };
}
