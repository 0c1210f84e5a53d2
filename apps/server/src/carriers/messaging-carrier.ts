import type { MessageStatus } from '@patchline/contracts/message-status';
import type { CarrierError } from '@patchline/domain/carrier-errors';
import type { AnnouncedMedia } from './webhook-event.ts';

/** A carrier account with its credential open, as the adapters need it. */
export interface CarrierAccount {
  tenantId: string;
  id: string;
  carrier: 'twilio' | 'telnyx';
  /** The carrier's own name for the account: Twilio's account SID. For Telnyx a name given when it was connected. */
  accountRef: string;
  /** The first sends, and for Twilio signs; while a token is being rotated the second is still good for verification. */
  authTokens: readonly string[];
  /** The keys with which webhooks are verified, base64, newest first. Empty for Twilio, which signs with the token. */
  webhookKeys: readonly string[];
}

export interface SendRequest {
  /** E.164. */
  from: string;
  to: string;
  body: string;
  /** Where the carrier fetches pictures and files from. Any makes it an MMS. */
  mediaUrls: readonly string[];
  /** Sends through this Messaging Service of Twilio's, or messaging profile of Telnyx's. Left out: by the number alone. */
  service?: string;
  /**
   * When the carrier shall send it. Left out: at once. Twilio takes 15 minutes to 35 days ahead, and only with a service;
   * Telnyx five minutes to five days.
   */
  sendAt?: Date;
  /** Seconds after which the carrier shall not send it any more. Telnyx has no such setting and ignores it. */
  validitySeconds?: number;
  /** Where the carrier reports what becomes of the message. Carries our message id. */
  statusCallback: string;
}

/**
 * What came of one call of the carrier.
 * `unknown`: the request may or may not have been taken (a time-out, a 5xx, a cut connection). It is never repeated
 * blindly: no carrier has an idempotency key for sending.
 */
export type SendOutcome =
  | { kind: 'taken'; carrierMessageId: string; status: MessageStatus }
  | { kind: 'failed'; error: CarrierError; retry: boolean }
  | { kind: 'unknown'; reason: string };

/** A message as the carrier's list tells it. */
export interface CarrierMessage {
  carrierMessageId: string;
  direction: 'inbound' | 'outbound';
  from: string;
  to: string;
  body: string;
  /** How many pictures or files it has: mediaOf() names them. */
  mediaCount: number;
  status: MessageStatus;
  error: CarrierError | null;
  createdAt: Date;
  /** The carrier's own record, kept as the raw form of a text that was found by asking. */
  raw: string;
}

/** What came of calling a scheduled message back. `unknown_message`: the carrier has none of that id. */
export type CancelOutcome = 'canceled' | 'too_late' | 'unknown_message';

export interface MessagingCarrier {
  readonly capabilities: {
    /** Whether the carrier can list messages by number and time. */
    canList: boolean;
  };
  /** The address at which the carrier reports what becomes of one message. It carries our id, which comes back with it. */
  reportUrl(publicUrl: string, messageId: string): string;
  /** Calls the carrier once. Never throws: whatever happens is an outcome. */
  send(account: CarrierAccount, request: SendRequest): Promise<SendOutcome>;
  /** Calls back a message that was sent with `sendAt`. Throws when the carrier cannot be asked. */
  cancel(account: CarrierAccount, carrierMessageId: string): Promise<CancelOutcome>;
  /**
   * Messages newest first, made at `since` or later and at `until` or before, to the second, at most `limit`. Throws when the
   * carrier cannot be asked.
   */
  list(
    account: CarrierAccount,
    filter: { to?: string; from?: string; since: Date; until?: Date; limit: number },
  ): Promise<CarrierMessage[]>;
  /** One message by the carrier's id, or null when it does not know it. */
  fetch(account: CarrierAccount, carrierMessageId: string): Promise<CarrierMessage | null>;
  /** The pictures and files of a message that was found by asking. Throws when the carrier cannot be asked. */
  mediaOf(account: CarrierAccount, carrierMessageId: string): Promise<AnnouncedMedia[]>;
  /**
   * Reads a picture or file that a text announced, at most `mostBytes`.
   * @throws MediaRefused when trying again cannot help; anything else may pass
   */
  readMedia(account: CarrierAccount, url: string, mostBytes: number): Promise<ReadMedia>;
}

export interface ReadMedia {
  bytes: Buffer;
  /** What the carrier calls it; empty when it does not say. */
  contentType: string;
}
