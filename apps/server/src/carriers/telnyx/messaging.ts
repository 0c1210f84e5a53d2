import { telnyxError } from '@patchline/domain/carrier-errors';
import Telnyx from 'telnyx';
import type { CarrierMessage, MessagingCarrier, SendOutcome } from '../messaging-carrier.ts';
import { readMedia } from '../read-media.ts';
import { outcomeWithoutAnswer } from '../unreachable.ts';
import { telnyxClients } from './client.ts';
import { telnyxMessage } from './payload.ts';
import { statusFromTelnyx } from './statuses.ts';
import { telnyxReportUrl } from './webhook-urls.ts';

/** Where Telnyx keeps what came in: addresses that need no credential and end after a while. */
const MEDIA_DOMAINS = ['telnyx.com'];

/**
 * Telnyx's messaging API through its official client. `apiUrl` replaces https://api.telnyx.com, null leaves it.
 * Telnyx lists no messages: what became of an unknown send is learned from its webhooks, which carry our id.
 */
export function telnyxMessaging(apiUrl: string | null): MessagingCarrier {
  const clientOf = telnyxClients(apiUrl);
  const apiOrigin = new URL(apiUrl ?? 'https://api.telnyx.com').origin;
  return {
    capabilities: { canList: false },
    reportUrl: telnyxReportUrl,
    async send(account, request) {
      try {
        const answer = await clientOf(account).messages.send({
          from: request.from,
          to: request.to,
          // An MMS may have no words; an empty text is refused as bad.
          ...(request.body === '' ? {} : { text: request.body }),
          ...(request.mediaUrls.length === 0 ? {} : { media_urls: [...request.mediaUrls] }),
          webhook_url: request.statusCallback,
          ...(request.service === undefined ? {} : { messaging_profile_id: request.service }),
          ...(request.sendAt === undefined ? {} : { send_at: request.sendAt.toISOString() }),
        });
        const taken = telnyxMessage.safeParse(answer?.data);
        if (!taken.success || taken.data.id === '') {
          return { kind: 'unknown', reason: 'The carrier’s answer could not be read' };
        }
        const status = statusFromTelnyx(taken.data.to[0]?.status ?? '') ?? 'queued';
        return { kind: 'taken', carrierMessageId: taken.data.id, status };
      } catch (error) {
        return outcomeOfError(error);
      }
    },
    async cancel(account, carrierMessageId) {
      try {
        await clientOf(account).messages.cancelScheduled(carrierMessageId);
        return 'canceled';
      } catch (error) {
        const status = error instanceof Telnyx.APIError ? (error.status ?? 500) : 500;
        if (status >= 500 || status === 429) throw error;
        return status === 404 ? 'unknown_message' : 'too_late';
      }
    },
    async list() {
      throw new Error('Telnyx lists no messages');
    },
    async fetch(account, carrierMessageId) {
      try {
        const answer = await clientOf(account).messages.retrieve(carrierMessageId);
        return toCarrierMessage(answer?.data);
      } catch (error) {
        if (error instanceof Telnyx.APIError && error.status === 404) return null;
        throw error;
      }
    },
    async mediaOf() {
      throw new Error('Telnyx lists no messages');
    },
    readMedia: (_account, url, mostBytes) =>
      readMedia({ apiOrigin, domains: MEDIA_DOMAINS, authorization: null }, url, mostBytes),
  };
}

/** A 4xx is a definite no, but for a time-out of theirs; what passes by itself may be tried again. */
function outcomeOfError(error: unknown): SendOutcome {
  if (!(error instanceof Telnyx.APIError) || error.status === undefined) return outcomeWithoutAnswer(error);
  if (error.status < 400 || error.status >= 500 || error.status === 408) {
    return { kind: 'unknown', reason: `The carrier answered ${error.status}` };
  }
  const told = firstError(error.error);
  const meant = telnyxError(told ?? (error.status === 429 ? { code: '10011' } : null));
  return { kind: 'failed', error: meant, retry: error.status === 429 || meant.class === 'TRANSIENT' };
}

/** The first of the `errors` in a refusal. */
export function firstError(body: unknown): { code?: string; title?: string } | null {
  const errors = (body as { errors?: unknown } | null | undefined)?.errors;
  const first: unknown = Array.isArray(errors) ? errors[0] : null;
  if (typeof first !== 'object' || first === null) return null;
  const { code, title } = first as { code?: unknown; title?: unknown };
  return { code: String(code ?? ''), title: String(title ?? '') };
}

function toCarrierMessage(data: unknown): CarrierMessage | null {
  const parsed = telnyxMessage.safeParse(data);
  if (!parsed.success || parsed.data.id === '') return null;
  const message = parsed.data;
  const inbound = message.direction === 'inbound';
  const recipient = message.to[0];
  const status = statusFromTelnyx(recipient?.status ?? '') ?? (inbound ? 'received' : 'queued');
  return {
    carrierMessageId: message.id,
    direction: inbound ? 'inbound' : 'outbound',
    from: message.from,
    to: recipient?.phoneNumber ?? '',
    body: message.text,
    mediaCount: message.media.length,
    status,
    error: status === 'failed' ? telnyxError(message.errors[0]) : null,
    createdAt: new Date(message.received_at || 0),
    raw: JSON.stringify(data),
  };
}
