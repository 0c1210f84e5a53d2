import type { CarrierAccount, MessagingCarrier } from './messaging-carrier.ts';
import { telnyxMessaging } from './telnyx/messaging.ts';
import { twilioMessaging } from './twilio/messaging.ts';

export type {
  CarrierAccount,
  CarrierMessage,
  MessagingCarrier,
  SendOutcome,
} from './messaging-carrier.ts';
export {
  type CarrierNumber,
  CarrierRefusal,
  type NumberAdmin,
  type WebhookProof,
} from './number-admin.ts';
export { createNumberAdmins, type NumberAdmins } from './number-admins.ts';
export {
  createNumberDirectory,
  credentialContext,
  type DirectoryNumber,
  type NumberDirectory,
} from './number-directory.ts';
export { MediaRefused } from './read-media.ts';
export { telnyxWebhookDoor } from './telnyx/webhook-door.ts';
export { TELNYX_PATH } from './telnyx/webhook-urls.ts';
export { TWILIO_PROBE_PATH } from './twilio/numbers.ts';
export { twilioWebhookDoor } from './twilio/webhook-door.ts';
export { reportFromTwilio, textFromTwilio } from './twilio/webhook-event.ts';
export { TWILIO_RETRY_RULE, TWILIO_STATUS_PATH, TWILIO_TEXT_PATH } from './twilio/webhook-urls.ts';
export type { AnnouncedMedia, WebhookEvent } from './webhook-event.ts';

/** The messaging adapter of an account's carrier. */
export type Carriers = (carrier: CarrierAccount['carrier']) => MessagingCarrier;

/** The addresses replace the carriers' own; null leaves those. */
export function createCarriers(settings: { twilioApiUrl: string | null; telnyxApiUrl: string | null }): Carriers {
  const adapters = {
    twilio: twilioMessaging(settings.twilioApiUrl),
    telnyx: telnyxMessaging(settings.telnyxApiUrl),
  };
  return (carrier) => adapters[carrier];
}
