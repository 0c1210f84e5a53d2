import { twilioError } from '@patchline/domain/carrier-errors';
import twilio from 'twilio';
import type { MessageInstance } from 'twilio/lib/rest/api/v2010/account/message.js';
import type { CarrierMessage, MessagingCarrier, SendOutcome } from '../messaging-carrier.ts';
import { twilioClients } from './client.ts';
import { statusFromTwilio } from './statuses.ts';
import { TWILIO_RETRY_RULE, TWILIO_STATUS_PATH } from './webhook-urls.ts';

// CommonJS: Node finds only the default export by name.
const { RestException } = twilio;

/** Failures of the connection that show that no request left this machine. */
const NEVER_LEFT = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH']);

/** Twilio's messaging API through its official client. `apiUrl` replaces api.twilio.com, null leaves it. */
export function twilioMessaging(apiUrl: string | null): MessagingCarrier {
  const clientOf = twilioClients(apiUrl);
  return {
    capabilities: { canList: true },
    reportUrl: (publicUrl, messageId) => `${publicUrl}${TWILIO_STATUS_PATH}?mid=${messageId}${TWILIO_RETRY_RULE}`,
    async send(account, request) {
      try {
        const message = await clientOf(account).messages.create({
          from: request.from,
          to: request.to,
          body: request.body,
          statusCallback: request.statusCallback,
        });
        return { kind: 'taken', carrierMessageId: message.sid, status: statusFromTwilio(message.status) ?? 'queued' };
      } catch (error) {
        return outcomeOfError(error);
      }
    },
    async list(account, filter) {
      const messages = await clientOf(account).messages.list({
        ...(filter.to === undefined ? {} : { to: filter.to }),
        ...(filter.from === undefined ? {} : { from: filter.from }),
        dateSentAfter: filter.since,
        limit: filter.limit,
        pageSize: Math.min(filter.limit, 1000),
      });
      return messages.map(toCarrierMessage).filter((message) => message.createdAt >= filter.since);
    },
    async fetch(account, carrierMessageId) {
      try {
        return toCarrierMessage(await clientOf(account).messages(carrierMessageId).fetch());
      } catch (error) {
        if (error instanceof RestException && error.status === 404) return null;
        throw error;
      }
    },
  };
}

/** A 4xx is a definite no, a refused connection a definite never; everything else leaves the outcome open. */
function outcomeOfError(error: unknown): SendOutcome {
  if (error instanceof RestException) {
    if (error.status === 429) return { kind: 'failed', error: twilioError(error.code ?? 20429), retry: true };
    if (error.status >= 400 && error.status < 500)
      return { kind: 'failed', error: twilioError(error.code), retry: false };
    return { kind: 'unknown', reason: `The carrier answered ${error.status}` };
  }
  const code = (error as { code?: string }).code ?? '';
  if (NEVER_LEFT.has(code)) {
    const words = 'The carrier could not be reached.';
    return { kind: 'failed', error: { code: 'unreachable', class: 'TRANSIENT', words }, retry: true };
  }
  return { kind: 'unknown', reason: code || String((error as Error).message) };
}

function toCarrierMessage(message: MessageInstance): CarrierMessage {
  const inbound = message.direction === 'inbound';
  return {
    carrierMessageId: message.sid,
    direction: inbound ? 'inbound' : 'outbound',
    from: message.from,
    to: message.to,
    body: message.body ?? '',
    status: statusFromTwilio(message.status) ?? (inbound ? 'received' : 'queued'),
    errorCode: message.errorCode ? String(message.errorCode) : null,
    createdAt: message.dateCreated,
    raw: JSON.stringify(message.toJSON()),
  };
}
