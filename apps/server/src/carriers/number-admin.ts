import type { CarrierAccount } from './messaging-carrier.ts';

/** A number as the carrier's account lists it. */
export interface CarrierNumber {
  /** The carrier's id of the number: Twilio's PN…, Telnyx's digits. */
  carrierRef: string;
  /** E.164. */
  e164: string;
  name: string;
  capabilities: { sms: boolean; mms: boolean; voice: boolean };
  /** Where the carrier sends incoming texts now; '' for nowhere. */
  webhookUrl: string;
}

/** The carrier refused or could not be asked. `credentials`: it does not know the account, or not this token. */
export class CarrierRefusal extends Error {
  override name = 'CarrierRefusal';
  readonly kind: 'credentials' | 'unreachable' | 'refused';

  /** `message` is in words for people and holds no credential. */
  constructor(kind: CarrierRefusal['kind'], message: string) {
    super(message);
    this.kind = kind;
  }
}

/** A request like those the carrier makes. */
export interface ProbeRequest {
  url: string;
  headers: Record<string, string>;
  body: string;
}

/**
 * How it is seen that signed webhooks arrive. Twilio signs with the account's token, so we can sign as it does. Telnyx signs
 * with a key that only Telnyx has, so there a text that came in shows it.
 */
export type WebhookProof =
  | {
      kind: 'ours';
      /** A request below the address for texts, signed as the carrier signs, naming `e164`. */
      signed(account: CarrierAccount, publicUrl: string, e164: string): ProbeRequest;
    }
  | {
      kind: 'theirs';
      /** A request to the address for texts, signed by nobody. */
      unsigned(publicUrl: string, e164: string): ProbeRequest;
    };

/** What can be done with a carrier's account besides texting. Every method throws CarrierRefusal and nothing else. */
export interface NumberAdmin {
  /**
   * Asks the carrier for the account: its id there, and its name where accounts have one. Twilio finds the account by
   * `accountRef`; for Telnyx the credential names it.
   */
  checkCredentials(account: CarrierAccount): Promise<{ accountRef: string; name: string | null }>;
  /** All numbers of the account. */
  listNumbers(account: CarrierAccount): Promise<CarrierNumber[]>;
  /** The account's number, or null when it has no such number. */
  findNumber(account: CarrierAccount, e164: string): Promise<CarrierNumber | null>;
  /** Where the carrier shall send the number's incoming texts; null: nowhere. */
  setWebhook(account: CarrierAccount, carrierRef: string, url: string | null): Promise<void>;
  /** The address for incoming texts, with what asks the carrier to try again when we do not answer. */
  webhookUrl(publicUrl: string): string;
  proof: WebhookProof;
}
