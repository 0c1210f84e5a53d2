import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { FastifyInstance } from 'fastify';
import { pino } from 'pino';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createMetrics } from '../metrics.ts';
import { createHttpServer } from './server.ts';
import { serveDesk } from './static-desk.ts';

let folder: string;
let app: FastifyInstance;
let unbuilt: FastifyInstance;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'patchline-desk-'));
  await mkdir(path.join(folder, 'dist/assets'), { recursive: true });
  await writeFile(path.join(folder, 'dist/index.html'), '<title>Desk</title>');
  await writeFile(path.join(folder, 'dist/favicon.svg'), '<svg/>');
  await writeFile(path.join(folder, 'dist/.env'), 'SECRET=1');
  await writeFile(path.join(folder, 'dist/assets/app-1a2b.js'), 'desk()');
  await writeFile(path.join(folder, 'secret.txt'), 'SECRET');
  const serving = async (dist: string) => {
    const settings = { publicUrl: 'https://desk.test', hotPublicUrl: 'https://hot.test', trustedProxies: 0 };
    const made = await createHttpServer({
      settings,
      log: pino({ level: 'silent' }),
      authenticate: async () => null,
      metrics: createMetrics(),
    });
    await serveDesk(made, dist);
    return made;
  };
  app = await serving(path.join(folder, 'dist'));
  unbuilt = await serving(path.join(folder, 'nothing'));
});
afterAll(async () => {
  await Promise.all([app.close(), unbuilt.close()]);
  await rm(folder, { recursive: true });
});

const browse = (url: string) => app.inject({ url, headers: { accept: 'text/html,*/*;q=0.8' } });

test('a reloaded or shared address of the desk shows the desk, and is asked for anew after an update', async () => {
  for (const url of ['/', '/inbox', '/inbox/01890000?tab=notes', '/settings/api-keys']) {
    const answer = await browse(url);
    expect([url, answer.statusCode, answer.body]).toEqual([url, 200, '<title>Desk</title>']);
    expect(answer.headers['cache-control']).toBe('no-cache');
  }
  expect((await browse('/favicon.svg')).headers['content-type']).toContain('image/svg');
});

test('hashed assets may be kept for ever; one of an older build is missing, not a page', async () => {
  const asset = await app.inject({ url: '/assets/app-1a2b.js' });
  expect(asset.headers['cache-control']).toContain('immutable');
  expect(asset.headers['content-type']).toContain('javascript');
  expect((await browse('/assets/app-0000.js')).statusCode).toBe(404);
});

test('the API, webhooks and programs never get the page', async () => {
  for (const url of ['/api/v1/nothing', '/api', '/webhooks/nothing']) {
    const answer = await browse(url);
    expect([url, answer.statusCode, answer.json().error.code]).toEqual([url, 404, 'not_found']);
  }
  expect((await app.inject({ url: '/inbox', headers: { accept: 'application/json' } })).statusCode).toBe(404);
});

test('nothing outside the folder and nothing hidden in it is served', async () => {
  for (const url of [
    '/../secret.txt',
    '/%2e%2e/secret.txt',
    '/..%2fsecret.txt',
    '/assets/..%2f..%2fsecret.txt',
    '/.env',
    '/%00',
    '/%ff',
  ]) {
    const answer = await browse(url);
    expect([url, answer.body.includes('SECRET')]).toEqual([url, false]);
    expect(answer.statusCode).toBeLessThan(500);
  }
});

test('the page may talk to this server and the hot tier, and nobody may frame it', async () => {
  const { headers } = await browse('/');
  const policy = String(headers['content-security-policy']);
  expect(policy).toContain("connect-src 'self' https://hot.test wss://hot.test");
  expect(policy).toContain("frame-ancestors 'none'");
  expect(policy).not.toContain('unsafe-eval');
  expect(/script-src ([^;]*)/.exec(policy)?.[1]).toBe("'self'");
  expect(headers['strict-transport-security']).toBeDefined();
});

test('a desk that was never built says so', async () => {
  const answer = await unbuilt.inject({ url: '/', headers: { accept: 'text/html' } });
  expect(answer.statusCode).toBe(503);
  expect(answer.body).toContain('npm start');
});
