import type { MessageStatus } from '@patchline/contracts/message-status';
import type { CarrierError } from '@patchline/domain/carrier-errors';
import type { WordClass } from '@patchline/domain/opt-out-words';
import type { DirectoryNumber } from './number-directory.ts';

/** A picture or file as the carrier announces it. */
export interface AnnouncedMedia {
  /** Where the carrier keeps it; not checked yet. */
  url: string;
  contentType: string;
}

/** A text that came in, whose webhook was signed with the credential of the number it was sent to. */
export interface TextEvent {
  kind: 'text';
  number: DirectoryNumber;
  /** The carrier's id of the text; a hash of the body's bytes where the carrier gave none. */
  carrierMessageId: string;
  from: string;
  body: string;
  media: AnnouncedMedia[];
  /** What the carrier's own opt-out handling took the text for, where it says so. */
  carrierWord: WordClass | null;
  /** The carrier's mark of this delivery. Evidence only: a repeat may come under the same mark or under a new one. */
  deliveryMark: string | null;
  receivedAt: Date;
  /** The body as it came: parameters that nobody told us of are kept with it. */
  raw: Buffer;
  contentType: string;
}

/** News of a text that went out, signed with the credential of the number it was sent from. */
export interface ReportEvent {
  kind: 'report';
  number: DirectoryNumber;
  carrierMessageId: string;
  /** Our id of the message, from the address we gave for reports; null when it is not there. */
  messageId: string | null;
  /** Whom the carrier says it was sent to, or null where our id is part of what is signed. */
  their: string | null;
  status: MessageStatus;
  error: CarrierError | null;
}

/** A webhook in words that no carrier has to itself. */
export type WebhookEvent = TextEvent | ReportEvent;

/** Must have stored everything when it resolves: after it the carrier is told that the webhook was taken. */
export type WebhookHandler = (event: WebhookEvent) => Promise<void>;
