import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Context } from '../context.ts';
import type { DeliverySteps } from '../delivery.ts';
import { askedFaults, FAULT_HEADER } from '../own-faults.ts';
import { formatNumber } from '../phone-numbers.ts';
import { leaveUnanswered } from '../request-context.ts';
import { afterAccept, beforeAccept, beforeRead, type Refusal } from '../send-faults.ts';
import type { Account } from '../store/accounts.ts';
import type { Message } from '../store/messages.ts';
import { createMessage, type SendKind } from './create-message.ts';
import { refusal, TelnyxError } from './errors.ts';
import { messageJson } from './message-json.ts';
import { webhookUrls } from './webhook-urls.ts';

const SENDS: [path: string, kind: SendKind][] = [
  ['/messages', 'any'],
  ['/messages/long_code', 'long_code'],
  ['/messages/short_code', 'short_code'],
  ['/messages/number_pool', 'number_pool'],
  ['/messages/schedule', 'schedule'],
];
const CANCELABLE_MS = 60_000;

/** Sending, fetching and canceling. There is no list of messages: Telnyx has none. */
export function messageRoutes(app: FastifyInstance, context: Context, delivery: DeliverySteps): void {
  const { messages, clock, db, events } = context;

  for (const [path, kind] of SENDS) {
    app.post(path, async (request, reply) => {
      const account = request.account as Account;
      const faults = askedFaults(request.headers[FAULT_HEADER], textOf(request.body));
      const refused = await beforeAccept(context, request, faults);
      if (refused === 'silent') return leaveUnanswered(context, request, reply, 'silent');
      if (refused) throw refusedOnPurpose(reply, refused);
      const message = createMessage(context, delivery, account, request.body, kind, faults);
      request.messageSid = message.sid;
      request.what = describeSend(message);
      await db.committed();
      // What is answered is the state at acceptance: faults may hold the answer back while the message moves on.
      const answer = { data: json(message) };
      const after = await afterAccept(context, request, faults);
      if (after) return leaveUnanswered(context, request, reply, after);
      return answer;
    });
  }

  app.get<{ Params: { id: string } }>('/messages/:id', async (request, reply) => {
    const refused = await beforeRead(context, request);
    if (refused) throw refusedOnPurpose(reply, refused);
    const message = find(request);
    request.what = `${message.status}, ${formatNumber(message.recipient)}`;
    return { data: json(message) };
  });

  app.delete<{ Params: { id: string } }>('/messages/:id', async (request) => {
    const message = find(request);
    const now = clock.now();
    if (message.status !== 'scheduled' || (message.nextAt ?? 0) - now <= CANCELABLE_MS) {
      throw new TelnyxError(10010, 'Only a message scheduled for more than a minute from now can be cancelled.');
    }
    Object.assign(message, { status: 'canceled', nextAt: null, updatedAt: now });
    delivery.stop(message.n);
    messages.saveStep(message);
    await db.committed();
    events.emit('message', message);
    request.what = 'Cancelled';
    return json(message);
  });

  function find(request: FastifyRequest<{ Params: { id: string } }>): Message {
    const message = messages.bySid(request.params.id);
    if (message?.accountSid !== request.account?.sid) throw new TelnyxError(10005);
    request.messageSid = (message as Message).sid;
    return message as Message;
  }

  function json(message: Message) {
    const { url, failover } = webhookUrls(context, message);
    return messageJson(message, url, failover);
  }
}

/** The error of a fault, for throwing: it is answered like any other. */
export function refusedOnPurpose(reply: FastifyReply, { status, code }: Refusal): TelnyxError {
  if (status === 429) reply.header('x-ratelimit-limit', '50').header('x-ratelimit-remaining', '0');
  if (status === 429) reply.header('x-ratelimit-reset', '1');
  if (status === 400) return refusal(code ?? 40310);
  return new TelnyxError(({ 429: 10011, 500: 10007, 503: 10016 } as const)[status]);
}

function textOf(body: unknown): string {
  const text = typeof body === 'object' && body !== null && 'text' in body ? body.text : '';
  return typeof text === 'string' ? text : '';
}

function describeSend(m: Message): string {
  const parts = m.numSegments === 1 ? '1 part' : `${m.numSegments} parts`;
  const pictures = m.media.length > 0 ? `, ${m.media.length} media` : '';
  const end = m.outcomeCode ? `, will end ${m.outcome} (${m.outcomeCode})` : '';
  return `To ${formatNumber(m.recipient)}, ${parts}${pictures}${m.status === 'scheduled' ? ', scheduled' : ''}${end}`;
}
