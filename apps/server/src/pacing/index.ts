import type { Logger } from 'pino';
import type { Pacer } from './pacer.ts';
import { createPostgresPacer } from './postgres-pacer.ts';
import { createRedisPacer } from './redis-pacer.ts';

export type { Pacer } from './pacer.ts';

/** Redis when it is configured, PostgreSQL otherwise. */
export function createPacer(settings: { redisUrl: string | null }, log: Logger): Pacer {
  return settings.redisUrl === null ? createPostgresPacer() : createRedisPacer({ url: settings.redisUrl, log });
}
