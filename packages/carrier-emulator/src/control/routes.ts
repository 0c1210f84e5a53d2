import type { FastifyInstance } from 'fastify';
import type { z } from 'zod';
import type { Context } from '../context.ts';
import type { Emulation } from '../emulation.ts';
import { FAULT_NAMES } from '../faults.ts';
import { isShortCode, toE164 } from '../phone-numbers.ts';
import { sendAttachment } from '../picture-routes.ts';
import { reportFailure } from '../report-failure.ts';
import type { Handset } from '../store/handsets.ts';
import { saveAccount } from './accounts.ts';
import { ControlError } from './errors.ts';
import {
  accountSid,
  clockBody,
  faultsBody,
  handsetBody,
  handsetMessagesQuery,
  personNumber,
  requestsQuery,
  telnyxAccountBody,
  textBody,
  twilioAccountBody,
  twilioSid,
} from './schemas.ts';
import { eventStream } from './stream.ts';
import { accountView, handsetView, messageView } from './views.ts';

/** A text with pictures in base64, in bytes. */
const LARGEST_TEXT = 16 * 1024 * 1024;

/** The control API, mounted at /emulator/api: what tests and the handset page use. It has no sign-in of its own. */
export function controlRoutes(context: Context, emulation: Emulation) {
  const { accounts, handsets, messages, pictures, deliveries, faults, clock, log, events, db, scheduler } = context;

  return async (app: FastifyInstance): Promise<void> => {
    // Bodies are JSON or nothing, and browsers say where a request comes from: any site could reach this port.
    app.removeContentTypeParser('text/plain');
    app.addHook('onRequest', async (request) => {
      const site = request.headers['sec-fetch-site'];
      if (request.method !== 'GET' && site && site !== 'same-origin' && site !== 'none') {
        throw new ControlError('cross_site');
      }
    });
    app.setErrorHandler((error, _request, reply) => {
      const answer = toControlError(error);
      if (answer.code === 'internal') reportFailure(error);
      reply.code(answer.status).send(answer.body());
    });
    app.setNotFoundHandler((_request, reply) => {
      reply.code(404).send(new ControlError('not_found').body());
    });

    app.get('/health', async () => ({ ok: true, messages: messages.count() }));

    app.get('/accounts', async () => ({ accounts: accounts.all().map((one) => accountView(context, one)) }));

    app.put<{ Params: { sid: string } }>('/accounts/:sid', async (request) => {
      const telnyx = (request.body as { carrier?: unknown } | null)?.carrier === 'telnyx';
      const sid = parse(telnyx ? accountSid : twilioSid, request.params.sid);
      const wanted = telnyx ? parse(telnyxAccountBody, request.body) : parse(twilioAccountBody, request.body);
      const account = saveAccount(context, sid, wanted);
      await db.committed();
      events.emit('changed', 'accounts');
      const view = accountView(context, account);
      return telnyx ? { ...view, webhookPrivateKey: account.webhookPrivateKey } : view;
    });

    app.get('/handsets', async () => ({
      handsets: handsets.all().map((one) => handsetView(context, one)),
      others: messages.recentPeople(30).filter((e164) => !handsets.get(e164)),
    }));

    app.put<{ Params: { e164: string } }>('/handsets/:e164', async (request, reply) => {
      const e164 = parse(personNumber, request.params.e164);
      if (accounts.number(e164)) throw new ControlError('number_taken', { e164 });
      const wanted = parse(handsetBody, request.body ?? {});
      const known = handsets.get(e164);
      const handset: Handset = {
        e164,
        name: wanted.name ?? known?.name ?? '',
        reachable: wanted.reachable ?? known?.reachable ?? true,
        createdAt: known?.createdAt ?? clock.now(),
      };
      handsets.save(handset);
      await db.committed();
      events.emit('changed', 'handsets');
      return reply.code(known ? 200 : 201).send(handsetView(context, handset));
    });

    app.delete<{ Params: { e164: string } }>('/handsets/:e164', async (request, reply) => {
      const e164 = parse(personNumber, request.params.e164);
      if (!handsets.remove(e164)) throw new ControlError('handset_not_found');
      await db.committed();
      events.emit('changed', 'handsets');
      return reply.code(204).send();
    });

    app.get<{ Params: { e164: string } }>('/handsets/:e164/messages', async (request) => {
      const e164 = parse(personNumber, request.params.e164);
      const { limit, after } = parse(handsetMessagesQuery, request.query);
      return { messages: messages.onHandset(e164, after, limit).map(messageView) };
    });

    app.post<{ Params: { e164: string } }>(
      '/handsets/:e164/messages',
      { bodyLimit: LARGEST_TEXT },
      async (request, reply) => {
        const e164 = parse(personNumber, request.params.e164);
        const text = parse(textBody, request.body);
        const number = accounts.number(isShortCode(text.to) ? text.to : (toE164(text.to) ?? ''));
        if (!number) throw new ControlError('number_not_found', { to: text.to });
        const message = emulation.receiveText(number, e164, text.body.toWellFormed(), text.media.map(store));
        await db.committed();
        return reply.code(201).send(messageView(message));
      },
    );

    app.get<{ Params: { sid: string; index: string } }>('/messages/:sid/media/:index', async (request, reply) => {
      await sendAttachment(context, request.params.sid, Number(request.params.index), reply);
      return reply;
    });

    app.get('/requests', async (request) => {
      const { limit, way, failed } = parse(requestsQuery, request.query);
      const entries = log.list(limit, (entry) => {
        const bad = entry.status === null || entry.status >= 400;
        return (!way || entry.way === way) && (failed !== 'true' || bad);
      });
      return { requests: entries };
    });

    app.get('/faults', async () => ({ faults: faults.all(), known: FAULT_NAMES }));

    app.post('/faults', async (request) => {
      const { accountSid: sid, seed, faults: wanted } = parse(faultsBody, request.body);
      faults.set(sid, { seed, faults: wanted });
      await db.committed();
      events.emit('changed', 'faults');
      return { faults: faults.all() };
    });

    app.delete('/faults', async (_request, reply) => {
      faults.clear();
      await db.committed();
      events.emit('changed', 'faults');
      return reply.code(204).send();
    });

    app.get('/clock', async () => clockView());

    app.post('/clock', async (request) => {
      const { rate, advanceMs } = parse(clockBody, request.body);
      if (rate !== undefined) clock.setRate(rate);
      if (advanceMs !== undefined) clock.advance(advanceMs);
      events.emit('changed', 'clock');
      return clockView();
    });

    /** Forgets messages, handsets, opt-outs, faults and the log. Accounts and their numbers stay. */
    app.post('/reset', async (_request, reply) => {
      scheduler.clear();
      emulation.delivery.stopAll();
      messages.forgetAll();
      pictures.forgetAll();
      deliveries.forgetAll();
      handsets.forgetAll();
      faults.clear();
      log.clear();
      await db.committed();
      events.emit('changed', 'reset');
      return reply.code(204).send();
    });

    app.get('/events', eventStream(context));
  };

  /** Keeps an attachment's bytes, and gives them an address. */
  function store(attachment: z.output<typeof textBody>['media'][number]) {
    if ('url' in attachment) return attachment;
    const { contentType, data } = attachment;
    const { id, size, sha256 } = pictures.add(contentType, Buffer.from(data, 'base64'), clock.now());
    return { url: `${context.url()}/emulator/media/${id}`, contentType, size, sha256 };
  }

  function clockView() {
    return { now: clock.now(), rate: clock.rate, offsetMs: clock.offsetMs };
  }
}

function parse<T extends z.ZodType>(schema: T, input: unknown): z.output<T> {
  const result = schema.safeParse(input);
  if (result.success) return result.data;
  const issues = result.error.issues.map(({ path, message }) => ({ path: path.join('.'), message }));
  const first = issues[0];
  throw new ControlError(
    'invalid_request',
    issues,
    first ? `${first.path || 'The request'}: ${first.message}` : undefined,
  );
}

function toControlError(error: unknown): ControlError {
  if (error instanceof ControlError) return error;
  if (error instanceof Error && 'statusCode' in error && Number(error.statusCode) < 500) {
    return new ControlError('invalid_request', undefined, error.message);
  }
  return new ControlError('internal');
}
