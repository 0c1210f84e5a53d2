import type { CarrierSteps } from '../delivery.ts';
import type { Message } from '../store/messages.ts';
import { errorMessage } from './errors.ts';
import { API_VERSION } from './resources.ts';
import type { Webhooks } from './webhooks.ts';

/**
 * Twilio tells of queued (only when it is not the first status), sent and the end: never of the first status, which the
 * answer to the POST already told.
 */
export function twilioSteps(webhooks: Webhooks): CarrierSteps {
  return {
    expired: 30036,
    unknownError: 30008,
    errorMessage,
    announce(m, now) {
      if (!m.statusCallback || m.status === 'sending') return;
      webhooks.enqueue({
        accountSid: m.accountSid,
        messageSid: m.sid,
        kind: 'status',
        url: m.statusCallback,
        method: 'POST',
        params: callbackParams(m, now),
        faults: m.extra?.faults,
      });
    },
  };
}

function callbackParams(m: Message, now: number): Record<string, string> {
  const params: Record<string, string> = {
    AccountSid: m.accountSid,
    ApiVersion: API_VERSION,
    From: m.sender,
    MessageSid: m.sid,
    MessageStatus: m.status,
    SmsSid: m.sid,
    SmsStatus: m.status,
    To: m.recipient,
  };
  if (m.serviceSid) params.MessagingServiceSid = m.serviceSid;
  if (m.status === 'delivered' || m.status === 'undelivered') {
    params.RawDlrDoneDate = new Date(now)
      .toISOString()
      .replace(/^20|[-T:]/g, '')
      .slice(0, 10);
  }
  if (m.errorCode !== null) {
    params.ErrorCode = String(m.errorCode);
    params.ErrorMessage = m.errorMessage ?? '';
  }
  return params;
}
