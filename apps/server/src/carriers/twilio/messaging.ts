import { twilioError } from '@patchline/domain/carrier-errors';
import twilio from 'twilio';
import type { MessageInstance } from 'twilio/lib/rest/api/v2010/account/message.js';
import type { CarrierMessage, MessagingCarrier, SendOutcome } from '../messaging-carrier.ts';
import { readMedia } from '../read-media.ts';
import { outcomeWithoutAnswer } from '../unreachable.ts';
import { twilioClients } from './client.ts';
import { statusFromTwilio } from './statuses.ts';
import { TWILIO_RETRY_RULE, TWILIO_STATUS_PATH } from './webhook-urls.ts';

// CommonJS: Node finds only the default export by name.
const { RestException } = twilio;

/** Where Twilio's media addresses lead: its own hosts and its delivery network. */
const MEDIA_DOMAINS = ['twilio.com', 'twiliocdn.com'];

const NO_SERVICE: SendOutcome = {
  kind: 'failed',
  retry: false,
  error: {
    code: 'no_service',
    class: 'SENDER_CONFIG',
    words: 'Twilio sends later only through a Messaging Service. Choose one for this number.',
  },
};

/** Twilio's messaging API through its official client. `apiUrl` replaces api.twilio.com, null leaves it. */
export function twilioMessaging(apiUrl: string | null): MessagingCarrier {
  const clientOf = twilioClients(apiUrl);
  const apiOrigin = new URL(apiUrl ?? 'https://api.twilio.com').origin;
  return {
    capabilities: { canList: true },
    reportUrl: (publicUrl, messageId) => `${publicUrl}${TWILIO_STATUS_PATH}?mid=${messageId}${TWILIO_RETRY_RULE}`,
    async send(account, request) {
      // Without one Twilio would send at once what was meant for later.
      if (request.sendAt !== undefined && request.service === undefined) return NO_SERVICE;
      try {
        const message = await clientOf(account).messages.create({
          from: request.from,
          to: request.to,
          body: request.body,
          ...(request.mediaUrls.length === 0 ? {} : { mediaUrl: [...request.mediaUrls] }),
          statusCallback: request.statusCallback,
          ...(request.service === undefined ? {} : { messagingServiceSid: request.service }),
          ...(request.sendAt === undefined ? {} : { sendAt: request.sendAt, scheduleType: 'fixed' as const }),
          ...(request.validitySeconds === undefined
            ? {}
            : { validityPeriod: toValidityPeriod(request.validitySeconds) }),
        });
        return { kind: 'taken', carrierMessageId: message.sid, status: statusFromTwilio(message.status) ?? 'queued' };
      } catch (error) {
        return outcomeOfError(error);
      }
    },
    async cancel(account, carrierMessageId) {
      try {
        await clientOf(account).messages(carrierMessageId).update({ status: 'canceled' });
        return 'canceled';
      } catch (error) {
        if (!(error instanceof RestException) || error.status >= 500 || error.status === 429) throw error;
        return error.status === 404 ? 'unknown_message' : 'too_late';
      }
    },
    async list(account, filter) {
      const messages = await clientOf(account).messages.list({
        ...(filter.to === undefined ? {} : { to: filter.to }),
        ...(filter.from === undefined ? {} : { from: filter.from }),
        dateSentAfter: filter.since,
        ...(filter.until === undefined ? {} : { dateSentBefore: filter.until }),
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
    async mediaOf(account, carrierMessageId) {
      const media = await clientOf(account).messages(carrierMessageId).media.list();
      // A media's address is that of its record without the ending.
      return media.map(({ uri, contentType }) => ({ url: `${apiOrigin}${uri.replace(/\.json$/, '')}`, contentType }));
    },
    readMedia(account, url, mostBytes) {
      const credential = `${account.accountRef}:${account.authTokens[0] ?? ''}`;
      const authorization = `Basic ${Buffer.from(credential).toString('base64')}`;
      return readMedia({ apiOrigin, domains: MEDIA_DOMAINS, authorization }, url, mostBytes);
    },
  };
}

/** Twilio takes whole seconds from 1 to 36,000, ten hours, which is what it does by itself. */
function toValidityPeriod(seconds: number): number {
  return Math.min(36_000, Math.max(1, Math.floor(seconds)));
}

/** A 4xx is a definite no, but for a time-out of theirs; what passes by itself may be tried again. */
function outcomeOfError(error: unknown): SendOutcome {
  if (!(error instanceof RestException)) return outcomeWithoutAnswer(error);
  if (error.status < 400 || error.status >= 500 || error.status === 408) {
    return { kind: 'unknown', reason: `The carrier answered ${error.status}` };
  }
  const meant = twilioError(error.code ?? (error.status === 429 ? 20429 : null));
  return { kind: 'failed', error: meant, retry: error.status === 429 || meant.class === 'TRANSIENT' };
}

function toCarrierMessage(message: MessageInstance): CarrierMessage {
  const inbound = message.direction === 'inbound';
  const status = statusFromTwilio(message.status) ?? (inbound ? 'received' : 'queued');
  return {
    carrierMessageId: message.sid,
    direction: inbound ? 'inbound' : 'outbound',
    from: message.from,
    to: message.to,
    body: message.body ?? '',
    mediaCount: Number.parseInt(message.numMedia ?? '0', 10) || 0,
    status,
    error: status === 'failed' || status === 'undelivered' ? twilioError(message.errorCode) : null,
    createdAt: message.dateCreated,
    raw: JSON.stringify(message.toJSON()),
  };
}
