import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Context } from '../context.ts';
import { formatNumber, toE164 } from '../phone-numbers.ts';
import type { Account } from '../store/accounts.ts';
import type { Message } from '../store/messages.ts';
import { createMessage } from './create-message.ts';
import { dateFilter } from './date-filter.ts';
import { type DeliverySteps, isEnd } from './delivery.ts';
import { TwilioError } from './errors.ts';
import { Form } from './form.ts';
import { pageJson, readPage } from './paging.ts';
import { logRequest, notFound } from './request-context.ts';
import { accountPath, mediaJson, messageJson } from './resources.ts';
import { afterAccept, beforeAccept, beforeRead } from './send-faults.ts';

interface MessageParams {
  account: string;
  sid: string;
  media: string;
}

export function messageRoutes(app: FastifyInstance, context: Context, delivery: DeliverySteps): void {
  const { messages, clock, db } = context;

  app.post('/Accounts/:account/Messages.json', async (request, reply) => {
    const account = request.account as Account;
    const refused = await beforeAccept(context, request, reply);
    if (refused === 'silent') return never(context, request, reply);
    if (refused) return reply.code(refused.status).send(refused);
    const message = createMessage(context, delivery, account, new Form(request.body));
    request.messageSid = message.sid;
    request.what = describeSend(message);
    await db.committed();
    const after = await afterAccept(context, request);
    if (after === 'silent') return never(context, request, reply);
    if (after === 'disconnect') {
      logRequest(context, request, null);
      request.raw.socket.destroy();
      return reply.hijack();
    }
    return reply.code(201).send(messageJson(message));
  });

  app.get('/Accounts/:account/Messages.json', async (request, reply) => {
    const refused = await beforeRead(context, request);
    if (refused) return reply.code(refused.status).send(refused);
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
    if (refused) return reply.code(refused.status).send(refused);
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
      messages.saveStep(message);
      delivery.stop(message.n);
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

/** Leaves the request without an answer until the app gives up. */
function never(context: Context, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  logRequest(context, request, null);
  return reply.hijack();
}
