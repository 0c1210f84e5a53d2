import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import fastify from 'fastify';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createReadiness, healthRoutes } from './health.ts';
import { createMetrics } from './metrics.ts';

let hotTier: Server;
let hotAnswer = 200;
beforeEach(async () => {
  hotAnswer = 200;
  hotTier = createServer((_request, response) => response.writeHead(hotAnswer).end());
  await new Promise<void>((resolve) => hotTier.listen(0, '127.0.0.1', resolve));
});
afterEach(() => hotTier.close());

const readiness = (parts: { database?: () => Promise<unknown>; jobs?: boolean } = {}) =>
  createReadiness({
    pingDatabase: parts.database ?? (async () => 1),
    convexUrl: `http://127.0.0.1:${(hotTier.address() as AddressInfo).port}`,
    jobsServing: () => parts.jobs ?? true,
  });

test('ready only when database, hot tier and jobs serve, else which part does not', async () => {
  expect(await readiness()()).toEqual({ status: 'ready', parts: { database: 'ok', hotTier: 'ok', jobs: 'ok' } });
  expect((await readiness({ jobs: false })()).parts).toEqual({ database: 'ok', hotTier: 'ok', jobs: 'down' });
  expect(await readiness({ database: () => Promise.reject(new Error('gone')) })()).toEqual({
    status: 'not_ready',
    parts: { database: 'down', hotTier: 'ok', jobs: 'ok' },
  });
  hotAnswer = 500;
  expect((await readiness()()).parts.hotTier).toBe('down');
});

test('a part that hangs is down after two seconds, and the others are still told', async () => {
  const began = performance.now();
  const answer = await readiness({ database: () => new Promise(() => undefined) })();
  expect(answer.parts).toEqual({ database: 'down', hotTier: 'ok', jobs: 'ok' });
  expect(performance.now() - began).toBeLessThan(4_000);
});

test('a crowd of probes costs one question', async () => {
  let asked = 0;
  const ask = readiness({ database: async () => asked++ });
  await Promise.all(Array.from({ length: 50 }, ask));
  expect(asked).toBe(1);
});

test('the routes answer 200 and 503, and the metrics speak Prometheus', async () => {
  const metrics = createMetrics();
  const app = fastify();
  metrics.watchPool('app', { totalCount: 3, idleCount: 1, waitingCount: 0 });
  metrics.observeRequest({ method: 'GET', route: '/api/v1/me', status: 200 }, 0.003);
  let jobs = true;
  const probe = () => readiness({ jobs })();
  await app.register(healthRoutes(probe, metrics));
  expect((await app.inject('/healthz')).statusCode).toBe(200);
  expect((await app.inject('/readyz')).statusCode).toBe(200);
  jobs = false;
  const away = await app.inject('/readyz');
  expect([away.statusCode, away.json().parts.jobs]).toEqual([503, 'down']);
  const text = (await app.inject('/metrics')).body;
  expect(text).toContain('patchline_database_connections{pool="app",state="busy"} 2');
  expect(text).toContain('route="/api/v1/me"');
  expect(text).toContain('process_cpu_seconds_total');
});
