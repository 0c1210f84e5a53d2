import { setTimeout as pause } from 'node:timers/promises';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Context } from '../context.ts';
import type { Account } from '../store/accounts.ts';
import { refusal, TwilioError, type TwilioErrorBody } from './errors.ts';

/** Faults of a send before it is accepted. "silent": leave it without an answer. */
export async function beforeAccept(
  context: Context,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<TwilioErrorBody | 'silent' | null> {
  const { faults } = context;
  const sid = (request.account as Account).sid;
  if (faults.hit(sid, 'send:timeout-before-accept')) {
    request.what = 'Not accepted and never answered, on purpose';
    return 'silent';
  }
  const refuse = faults.hit(sid, 'send:refuse');
  if (refuse) {
    const body = refusal(refuse.code ?? 21614);
    request.what = `Refused on purpose, ${body.code}: ${body.message}`;
    return body;
  }
  const unavailable = faults.hit(sid, 'send:503');
  if (unavailable) {
    if (unavailable.ms) await pause(unavailable.ms);
    request.what = 'Not accepted, 503 on purpose';
    return new TwilioError(20503).body();
  }
  if (faults.hit(sid, 'send:429')) {
    request.what = 'Not accepted, rate limit reached on purpose';
    reply.header('retry-after', '1');
    return new TwilioError(20429).body();
  }
  if (faults.hit(sid, 'send:500')) {
    request.what = 'Not accepted, 500 on purpose';
    return new TwilioError(20500).body();
  }
  return null;
}

/** Faults of a send that was accepted: the app must not believe that it was not. */
export async function afterAccept(context: Context, request: FastifyRequest): Promise<'silent' | 'disconnect' | null> {
  const { faults } = context;
  const sid = (request.account as Account).sid;
  if (faults.hit(sid, 'send:timeout-after-accept')) {
    request.what += '; accepted and never answered, on purpose';
    return 'silent';
  }
  if (faults.hit(sid, 'send:disconnect-after-accept')) {
    request.what += '; accepted and hung up, on purpose';
    return 'disconnect';
  }
  const delay = faults.hit(sid, 'send:delay');
  if (delay) {
    await pause(delay.ms ?? 5000);
    request.what += '; answered late on purpose';
  }
  return null;
}

/** Faults of a read. */
export async function beforeRead(context: Context, request: FastifyRequest): Promise<TwilioErrorBody | null> {
  const { faults } = context;
  const sid = (request.account as Account).sid;
  const delay = faults.hit(sid, 'read:delay');
  if (delay) await pause(delay.ms ?? 5000);
  if (!faults.hit(sid, 'read:500')) return null;
  request.what = '500 on purpose';
  return new TwilioError(20500).body();
}
