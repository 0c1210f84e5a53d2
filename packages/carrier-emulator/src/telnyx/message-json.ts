import { countSegments } from '../segments.ts';
import type { Message, MessageStatus } from '../store/messages.ts';
import { errorTitle } from './errors.ts';
import { iso, organizationId } from './resources.ts';

/** Our word for where a message is, and Telnyx's. */
const STATUS: Record<MessageStatus, string> = {
  accepted: 'queued',
  scheduled: 'scheduled',
  queued: 'queued',
  sending: 'sending',
  sent: 'sent',
  delivered: 'delivered',
  undelivered: 'delivery_failed',
  failed: 'sending_failed',
  expired: 'expired',
  unconfirmed: 'delivery_unconfirmed',
  canceled: 'cancelled',
  received: 'webhook_delivered',
};

/** Dollars a part: carrier's fee and Telnyx's rate. */
const FEE = { SMS: [0.003, 0.004], MMS: [0.01, 0.015] } as const;
const OURS = { carrier: 'TELNYX LLC', line_type: 'VoIP' };
const THEIRS = { carrier: 'T-MOBILE USA, INC.', line_type: 'Wireless' };

/** A message as the API answers it and as webhooks carry it. Its status stands in to[].status only. */
export function messageJson(m: Message, webhookUrl: string | null, failoverUrl: string | null) {
  const inbound = m.direction === 'inbound';
  const type = m.media.length > 0 || m.extra?.subject !== undefined ? 'MMS' : 'SMS';
  const [fee, rate] = FEE[type];
  const parts = type === 'MMS' ? 1 : m.numSegments;
  const waiting = m.status === 'queued' || m.status === 'scheduled';
  return {
    record_type: 'message',
    direction: inbound ? 'inbound' : 'outbound',
    id: m.sid,
    type,
    organization_id: organizationId(m.accountSid),
    messaging_profile_id: m.serviceSid ?? '',
    from: { phone_number: m.sender, ...(inbound ? THEIRS : OURS) },
    to: [{ phone_number: m.recipient, status: STATUS[m.status], ...(inbound ? OURS : THEIRS) }],
    cc: [],
    text: m.body,
    subject: m.extra?.subject ?? null,
    media: m.media.map((one) => ({
      url: one.url,
      content_type: one.contentType,
      sha256: one.sha256 ?? null,
      size: one.size ?? null,
    })),
    webhook_url: webhookUrl,
    webhook_failover_url: failoverUrl,
    encoding: m.extra?.encoding ?? countSegments(m.body).encoding,
    parts,
    tags: [],
    cost: inbound ? null : amount((fee + rate) * parts),
    cost_breakdown: inbound ? null : { carrier_fee: amount(fee * parts), rate: amount(rate * parts) },
    tcr_campaign_id: null,
    tcr_campaign_billable: false,
    tcr_campaign_registered: null,
    received_at: iso(m.createdAt),
    sent_at: m.sentAt === null || inbound ? null : iso(m.sentAt),
    completed_at: isCompleted(m) ? iso(m.updatedAt) : null,
    valid_until: waiting && m.validUntil !== null ? iso(m.validUntil) : null,
    errors:
      m.errorCode === null
        ? []
        : [{ code: String(m.errorCode), title: errorTitle(m.errorCode), detail: m.errorMessage }],
    ...(inbound ? {} : { smart_encoding_applied: false }),
    ...(m.extra?.autoresponse ? { autoresponse_type: m.extra.autoresponse } : {}),
  };
}

/** Has it come to its end at Telnyx? */
export function isCompleted(m: Message): boolean {
  return (
    m.status === 'delivered' ||
    m.status === 'undelivered' ||
    m.status === 'failed' ||
    m.status === 'expired' ||
    m.status === 'unconfirmed'
  );
}

function amount(dollars: number) {
  return { amount: dollars.toFixed(4), currency: 'USD' };
}
