import { countSegments } from './segments.ts';
import type { NewMessage } from './store/messages.ts';

type Needed = 'sid' | 'accountSid' | 'direction' | 'sender' | 'recipient' | 'body' | 'status' | 'createdAt';

/** A message to store, with everything unsaid at rest. */
export function draft(fields: Pick<NewMessage, Needed> & Partial<NewMessage>): NewMessage {
  return {
    numSegments: countSegments(fields.body).count,
    media: [],
    serviceSid: null,
    errorCode: null,
    errorMessage: null,
    statusCallback: null,
    updatedAt: fields.createdAt,
    sentAt: null,
    arrivedAt: null,
    outcome: null,
    outcomeCode: null,
    nextAt: null,
    validUntil: null,
    slotAt: null,
    extra: null,
    webhookState: null,
    webhookStatus: null,
    webhookMs: null,
    webhookTries: null,
    ...fields,
  };
}
