import type { FastifyReply } from 'fastify';
import { ApiError } from '../platform/http/api-error.ts';
import type { RateLimiter } from '../platform/http/rate-limit.ts';

/** Counts an attempt, and refuses it with `too_many_requests` when there were too many. */
export function countAttempt(reply: FastifyReply, limiter: RateLimiter, key: string): void {
  const wait = limiter.take(key);
  if (wait === 0) return;
  reply.header('retry-after', wait);
  throw new ApiError('too_many_requests', {
    message: `Too many attempts. Wait ${wait} seconds and try again.`,
    details: { retryAfterSeconds: wait },
  });
}
