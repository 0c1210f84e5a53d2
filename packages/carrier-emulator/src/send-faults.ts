import { setTimeout as pause } from 'node:timers/promises';
import type { FastifyRequest } from 'fastify';
import type { Context } from './context.ts';
import type { OwnFaults } from './faults.ts';
import { askedFaults, FAULT_HEADER } from './own-faults.ts';
import type { Account } from './store/accounts.ts';

/** How a request is refused; the code is the fault's, if it named one. */
export interface Refusal {
  status: 400 | 429 | 500 | 503;
  code: number | null;
}

/** Faults of a send before it is accepted. "silent": leave it without an answer. */
export async function beforeAccept(
  context: Context,
  request: FastifyRequest,
  own: OwnFaults | null,
): Promise<Refusal | 'silent' | null> {
  const { faults } = context;
  const sid = (request.account as Account).sid;
  if (faults.hit(sid, 'send:timeout-before-accept', own)) {
    request.what = 'Not accepted and never answered, on purpose';
    return 'silent';
  }
  const refuse = faults.hit(sid, 'send:refuse', own);
  if (refuse) {
    request.what = 'Refused on purpose';
    return { status: 400, code: refuse.code ?? null };
  }
  const unavailable = faults.hit(sid, 'send:503', own);
  if (unavailable) {
    if (unavailable.ms) await pause(unavailable.ms);
    request.what = 'Not accepted, 503 on purpose';
    return { status: 503, code: null };
  }
  if (faults.hit(sid, 'send:429', own)) {
    request.what = 'Not accepted, rate limit reached on purpose';
    return { status: 429, code: null };
  }
  if (faults.hit(sid, 'send:500', own)) {
    request.what = 'Not accepted, 500 on purpose';
    return { status: 500, code: null };
  }
  return null;
}

/** Faults of a send that was accepted: the app must not believe that it was not. */
export async function afterAccept(
  context: Context,
  request: FastifyRequest,
  own: OwnFaults | null,
): Promise<'silent' | 'disconnect' | null> {
  const { faults } = context;
  const sid = (request.account as Account).sid;
  if (faults.hit(sid, 'send:timeout-after-accept', own)) {
    request.what += '; accepted and never answered, on purpose';
    return 'silent';
  }
  if (faults.hit(sid, 'send:disconnect-after-accept', own)) {
    request.what += '; accepted and hung up, on purpose';
    return 'disconnect';
  }
  const delay = faults.hit(sid, 'send:delay', own);
  if (delay) {
    await pause(delay.ms ?? 5000);
    request.what += '; answered late on purpose';
  }
  return null;
}

/** Faults of a read. */
export async function beforeRead(context: Context, request: FastifyRequest): Promise<Refusal | null> {
  const { faults } = context;
  const sid = (request.account as Account).sid;
  const own = askedFaults(request.headers[FAULT_HEADER], '');
  const delay = faults.hit(sid, 'read:delay', own);
  if (delay) await pause(delay.ms ?? 5000);
  if (!faults.hit(sid, 'read:500', own)) return null;
  request.what = '500 on purpose';
  return { status: 500, code: null };
}
