import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Context } from '../context.ts';
import { type DeliverySteps, isEnd } from '../delivery.ts';
import { askedFaults, FAULT_HEADER } from '../own-faults.ts';
import { formatNumber, toE164 } from '../phone-numbers.ts';
import { leaveUnanswered } from '../request-context.ts';
import { afterAccept, beforeAccept, beforeRead, type Refusal } from '../send-faults.ts';
import type { Account } from '../store/accounts.ts';
import type { Message } from '../store/messages.ts';
import { createMessage } from './create-message.ts';
import { dateFilter } from './date-filter.ts';
import { notFound, refusal, TwilioError } from './errors.ts';
import { Form } from './form.ts';
import { pageJson, readPage } from './paging.ts';
import { accountPath, feedbackJson, mediaJson, messageJson } from './resources.ts';

interface MessageParams {
  account: string;
  sid: string;
  media: string;
}

export function messageRoutes(app: FastifyInstance, context: Context, delivery: DeliverySteps): void {
  const { messages, clock, db } = context;

  app.post('/Accounts/:account/Messages.json', async (request, reply) => {
    const account = request.account as Account;
    const form = new Form(request.body);
    const faults = askedFaults(request.headers[FAULT_HEADER], form.text('Body') ?? '');
    const refused = await beforeAccept(context, request, faults);
    if (refused === 'silent') return leaveUnanswered(context, request, reply, 'silent');
    if (refused) return answerRefusal(reply, refused);
    const message = createMessage(context, delivery, account, form, faults);
    request.messageSid = message.sid;
    request.what = describeSend(message);
    await db.committed();
    // What is answered is the state at acceptance: faults may hold the answer back while the message moves on.
    const answer = messageJson(message);
    const after = await afterAccept(context, request, faults);
    if (after) return leaveUnanswered(context, request, reply, after);
    return reply.code(201).send(answer);
  });

  app.get('/Accounts/:account/Messages.json', async (request, reply) => {
    const refused = await beforeRead(context, request);
    if (refused) return answerRefusal(reply, refused);
    const account = request.account as Account;
    const query = new Form(request.query);
    const page = readPage(query);
    const to = query.text('To');
    const from = query.text('From');
    const beforeN = page.after ? messages.position(page.after) : undefined;
    if (page.after && beforeN === undefined) throw new TwilioError(20001, 'PageToken is not valid');
    const found = messages.list(
      {
        accountSid: account.sid,
        recipient: to ? (toE164(to) ?? to) : undefined,
        sender: from ? (toE164(from) ?? from) : undefined,
        ...dateFilter(query),
        beforeN,
      },
      page.size + 1,
    );
    const shown = found.slice(0, page.size);
    const last = found.length > page.size ? (shown.at(-1)?.sid ?? null) : null;
    request.what = `${shown.length}${last ? '+' : ''} message${shown.length === 1 ? '' : 's'} listed`;
    const path = `${accountPath(account.sid)}/Messages.json`;
    return pageJson('messages', path, query, page, shown.map(messageJson), last);
  });

  app.get<{ Params: MessageParams }>('/Accounts/:account/Messages/:sid', async (request, reply) => {
    const refused = await beforeRead(context, request);
    if (refused) return answerRefusal(reply, refused);
    const message = find(context, request, request.params.sid);
    request.what = `${message.status}, ${formatNumber(message.recipient)}`;
    return messageJson(message);
  });

  app.post<{ Params: MessageParams }>('/Accounts/:account/Messages/:sid', async (request) => {
    const message = find(context, request, request.params.sid);
    const form = new Form(request.body);
    const now = clock.now();
    const body = form.text('Body');
    const status = form.text('Status');
    if (status !== undefined) {
      if (status !== 'canceled') throw new TwilioError(20001, 'Status can only be set to canceled');
      if (message.status !== 'scheduled') throw new TwilioError(20009, 'Only a scheduled message can be canceled');
      Object.assign(message, { status: 'canceled', nextAt: null, updatedAt: now });
      delivery.stop(message.n);
      messages.saveStep(message);
      request.what = 'Canceled';
    }
    if (body !== undefined) {
      if (body !== '') throw new TwilioError(20001, 'Body can only be emptied');
      if (!isEnd(message)) throw new TwilioError(20009, 'The message is still on its way and cannot be redacted');
      messages.redact(message.n, now);
      request.what = 'Redacted';
    }
    await db.committed();
    const changed = messages.byN(message.n) as Message;
    context.events.emit('message', changed);
    return messageJson(changed);
  });

  app.delete<{ Params: MessageParams }>('/Accounts/:account/Messages/:sid', async (request, reply) => {
    const message = find(context, request, request.params.sid);
    if (!isEnd(message)) throw new TwilioError(20009, 'The message is still on its way and cannot be deleted');
    messages.remove(message.n);
    request.what = 'Deleted';
    await db.committed();
    return reply.code(204).send();
  });

  app.get<{ Params: MessageParams }>('/Accounts/:account/Messages/:sid/Media.json', async (request) => {
    const message = find(context, request, `${request.params.sid}.json`);
    const query = new Form(request.query);
    const page = readPage(query);
    const path = `${accountPath(message.accountSid)}/Messages/${message.sid}/Media.json`;
    request.what = `${message.media.length} media listed`;
    return pageJson(
      'media_list',
      path,
      query,
      page,
      message.media.map((one) => mediaJson(message, one)),
      null,
    );
  });

  app.delete<{ Params: MessageParams }>('/Accounts/:account/Messages/:sid/Media/:media', async (request, reply) => {
    const message = find(context, request, `${request.params.sid}.json`);
    const sid = request.params.media.replace(/\.json$/, '');
    if (!message.media.some((one) => one.sid === sid)) throw notFound(request);
    message.media = message.media.filter((one) => one.sid !== sid);
    messages.saveMedia(message);
    await db.committed();
    request.what = 'Media deleted';
    return reply.code(204).send();
  });

  app.post<{ Params: MessageParams }>('/Accounts/:account/Messages/:sid/Feedback.json', async (request, reply) => {
    const message = find(context, request, `${request.params.sid}.json`);
    const outcome = new Form(request.body).text('Outcome') ?? 'confirmed';
    if (outcome !== 'confirmed' && outcome !== 'unconfirmed') throw new TwilioError(20001, 'Outcome is not valid');
    request.what = `Feedback: ${outcome}`;
    return reply.code(201).send(feedbackJson(message, outcome, clock.now()));
  });

  app.get<{ Params: MessageParams }>('/Accounts/:account/Messages/:sid/Media/:media', async (request, reply) => {
    const message = find(context, request, `${request.params.sid}.json`);
    const wanted = request.params.media;
    const media = message.media.find((one) => one.sid === wanted.replace(/\.json$/, ''));
    if (!media) throw notFound(request);
    if (wanted.endsWith('.json')) return mediaJson(message, media);
    request.what = 'To the media itself';
    return reply.redirect(media.url, 307);
  });
}

function find(context: Context, request: FastifyRequest, file: string): Message {
  const message = file.endsWith('.json') ? context.messages.bySid(file.slice(0, -5)) : undefined;
  if (message?.accountSid !== request.account?.sid) throw notFound(request);
  request.messageSid = (message as Message).sid;
  return message as Message;
}

function describeSend(m: Message): string {
  const segments = m.numSegments === 1 ? '1 segment' : `${m.numSegments} segments`;
  const pictures = m.media.length > 0 ? `, ${m.media.length} media` : '';
  const end = m.outcomeCode ? `, will end ${m.outcome} (${m.outcomeCode})` : '';
  return `To ${formatNumber(m.recipient)}, ${segments}${pictures}${m.status === 'scheduled' ? ', scheduled' : ''}${end}`;
}

function answerRefusal(reply: FastifyReply, { status, code }: Refusal): FastifyReply {
  if (status === 429) reply.header('retry-after', '1');
  const known = { 429: 20429, 500: 20500, 503: 20503 } as const;
  const body = status === 400 ? refusal(code ?? 21614) : new TwilioError(known[status]).body();
  return reply.code(body.status).send(body);
}
