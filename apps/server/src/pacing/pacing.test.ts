import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { leadOf, type PaceLimit, pace } from '@patchline/domain/sending-rates';
import fc from 'fast-check';
import { pino } from 'pino';
import { v7 as uuidv7 } from 'uuid';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openDoors } from '../platform/database/doors.ts';
import { openPool, urlForRole } from '../platform/database/pools.ts';
import { createTestDatabase, type TestDatabase } from '../platform/database/test-database.ts';
import type { Pacer } from './pacer.ts';
import { createPostgresPacer } from './postgres-pacer.ts';
import { createRedisPacer } from './redis-pacer.ts';

/** From the system's packages: `npm test` installs it. */
const REDIS = process.env.PATCHLINE_TEST_REDIS ?? 'redis-server';

const log = pino({ level: 'silent' });
let db: TestDatabase;
let redis: ChildProcess;
let redisFolder: string;
/** ioredis takes the path of a socket for an address. */
let redisUrl: string;

beforeAll(async () => {
  db = await createTestDatabase();
  redisFolder = await mkdtemp(path.join(tmpdir(), 'patchline-redis-'));
  const socket = path.join(redisFolder, 's');
  redis = spawn(REDIS, ['--port', '0', '--unixsocket', socket, '--save', '', '--dir', redisFolder], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  redisUrl = socket;
  for await (const chunk of redis.stdout ?? []) if (/Ready to accept connections/i.test(String(chunk))) break;
});
afterAll(async () => {
  const ended = once(redis, 'exit');
  redis.kill();
  await ended;
  await rm(redisFolder, { recursive: true });
  await db.drop();
});

async function newTenant(): Promise<string> {
  const tenantId = uuidv7();
  await db.withPlatform((tx) => tx.query("insert into tenants (tenant_id, name) values ($1, 'Paced')", [tenantId]));
  return tenantId;
}

const makers: Record<string, (now?: () => number) => Pacer> = {
  PostgreSQL: (now) => createPostgresPacer({ now }),
  Redis: (now) => createRedisPacer({ url: redisUrl, log, now }),
};

describe.each(Object.keys(makers))('%s', (store) => {
  const make = (now?: () => number) => {
    const maker = makers[store];
    if (maker === undefined) throw new Error(store);
    return maker(now);
  };

  test('lets through exactly what the rule of pacing says, whatever comes', async () => {
    let now = 1_800_000_000_000;
    const pacer = make(() => now);
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.constantFrom(0.25, 1, 4, 75, 1000), { minLength: 1, maxLength: 3 }),
        fc.array(
          fc.record({
            passed: fc.integer({ min: 0, max: 3_000 }),
            segments: fc.array(fc.integer({ min: 1, max: 11 }), { minLength: 1, maxLength: 20 }),
          }),
          { minLength: 1, maxLength: 8 },
        ),
        async (rates, asked) => {
          const tenantId = await newTenant();
          const limits: PaceLimit[] = rates.map((segmentsPerSecond, i) => ({ key: `k${i}`, segmentsPerSecond }));
          let freeAt: number[] = limits.map(() => Number.NEGATIVE_INFINITY);
          for (const { passed, segments } of asked) {
            now += passed;
            const wanted = pace(limits, freeAt, segments, now);
            const got = await db.withTenant(tenantId, (tx) => pacer.take(tx, limits, segments));
            expect(got.granted).toBe(wanted.granted);
            expect(got.waitMs).toBeCloseTo(wanted.waitMs, 2);
            freeAt = wanted.freeAt;
          }
        },
      ),
      { numRuns: 25 },
    );
    await pacer.close();
  });

  test('two processes together send no faster than one may', async () => {
    const tenantId = await newTenant();
    const limit = { key: 'number:+17205550110', segmentsPerSecond: 200 };
    const began = performance.now();
    const processes = [1, 2].map(async () => {
      const pool = openPool(urlForRole(db.url, 'patchline_app', 'test'), 'patchline_app', 2);
      const doors = openDoors({ app: pool, platform: pool });
      const pacer = make();
      let sent = 0;
      while (performance.now() - began < 1_000) {
        const turn = await doors.withTenant(tenantId, (tx) => pacer.take(tx, [limit], [1, 1, 1, 1]));
        sent += turn.granted;
      }
      await pacer.close();
      await pool.end();
      return sent;
    });
    const sent = (await Promise.all(processes)).reduce((sum, count) => sum + count, 0);
    const seconds = (performance.now() - began) / 1000;
    expect(sent).toBeLessThanOrEqual(limit.segmentsPerSecond * (seconds + leadOf(limit) / 1000) + 1);
    expect(sent).toBeGreaterThan(100);
  });
});

test('while Redis is away nothing is let through', async () => {
  const pacer = createRedisPacer({ url: path.join(redisFolder, 'nobody'), log });
  const tenantId = await newTenant();
  await expect(
    db.withTenant(tenantId, (tx) => pacer.take(tx, [{ key: 'k', segmentsPerSecond: 1 }], [1])),
  ).rejects.toThrow();
  await pacer.close();
});
