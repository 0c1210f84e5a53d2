import { leadOf } from '@patchline/domain/sending-rates';
import { Redis } from 'ioredis';
import type { Logger } from 'pino';
import type { Pacer } from './pacer.ts';

/** Longest wait for an answer, in milliseconds: texts wait meanwhile, and it is asked again. */
const ANSWER_WITHIN_MS = 2_000;

/**
 * pace() of packages/domain, sending-rates.ts, on Redis's own clock. KEYS: the limits; ARGV: the moment (empty: Redis's
 * clock), the number of texts, their segments, then rate and lead of each limit.
 */
const SCRIPT = `
local now = tonumber(ARGV[1])
if not now then
  local time = redis.call('TIME')
  now = time[1] * 1000 + time[2] / 1000
end
local count = tonumber(ARGV[2])
local free, rate, lead = {}, {}, {}
for i, key in ipairs(KEYS) do
  free[i] = math.max(tonumber(redis.call('GET', key) or '0'), now)
  rate[i] = tonumber(ARGV[2 + count + 2 * i - 1])
  lead[i] = tonumber(ARGV[2 + count + 2 * i])
end
local function wait()
  local most = 0
  for i = 1, #KEYS do most = math.max(most, free[i] - now - lead[i]) end
  return most
end
local granted = 0
while granted < count and wait() <= 0 do
  granted = granted + 1
  for i = 1, #KEYS do free[i] = free[i] + tonumber(ARGV[2 + granted]) * 1000 / rate[i] end
end
if granted > 0 then
  for i, key in ipairs(KEYS) do
    redis.call('SET', key, string.format('%.17g', free[i]), 'PX', math.ceil(free[i] - now) + 60000)
  end
end
return { granted, string.format('%.17g', wait()) }
`;

/**
 * Keeps the pace in Redis, for installations of many processes: one trip, and no row that all of them write. What was
 * granted to a transaction that then fails stays counted: sending too slowly loses nothing.
 */
export function createRedisPacer(options: { url: string; log: Logger; now?: () => number }): Pacer {
  const redis = new Redis(options.url, {
    commandTimeout: ANSWER_WITHIN_MS,
    maxRetriesPerRequest: 1,
    enableOfflineQueue: true,
  });
  let down = false;
  redis.on('error', (err: unknown) => {
    if (!down) options.log.warn({ err }, 'Redis cannot be reached; texts wait until it can');
    down = true;
  });
  redis.on('ready', () => {
    down = false;
  });
  return {
    async take(tx, limits, segments) {
      const [granted, wait] = (await redis.eval(
        SCRIPT,
        limits.length,
        // The braces keep all limits of a tenant on one node of a cluster.
        ...limits.map(({ key }) => `patchline:pace:{${tx.tenantId}}:${key}`),
        options.now?.() ?? '',
        segments.length,
        ...segments,
        ...limits.flatMap((limit) => [limit.segmentsPerSecond, leadOf(limit)]),
      )) as [number, string];
      return { granted, waitMs: Number(wait) };
    },
    async close() {
      redis.disconnect();
    },
  };
}
