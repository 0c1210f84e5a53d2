import { ConvexHttpClient } from 'convex/browser';
import { defineApp } from 'convex/server';
import { v } from 'convex/values';
import { expect, test } from 'vitest';
import { startServer } from '../src/index.ts';
import { q } from './api.ts';
import { serve, silent } from './harness.ts';

const app = defineApp({
  env: { API_KEY: v.string(), LEVEL: v.optional(v.union(v.literal('info'), v.literal('error'))) },
});
const modules = { 'convex.config': { default: app } };

test('functions know the address of their server, from the moment they load', async () => {
  const server = await serve();
  const { url } = server;
  expect(await new ConvexHttpClient(url).query(q('values:address'), {})).toEqual([url, url, url]);
  const name = 'https://calls.example.com';
  const proxied = await serve({ env: { CONVEX_CLOUD_URL: name } });
  expect(await new ConvexHttpClient(proxied.url).query(q('values:address'), {})).toEqual([name, proxied.url, name]);
});

test('a variable that convex.config.ts declares and that is missing or wrong stops the start, without telling its value', async () => {
  const start = (env: Record<string, string>) =>
    startServer({ modules, env, logger: silent }).then(
      (server) => server.close().then(() => 'started'),
      (error: Error) => `${error.name}: ${error.message}`,
    );
  expect(await start({})).toMatch(/^StartError: .*API_KEY is not set/s);
  const wrong = await start({ API_KEY: 'k', LEVEL: 'loud-and-secret' });
  expect(wrong).toMatch(/LEVEL has a value that its validator refuses/);
  expect(wrong).not.toContain('loud-and-secret');
  expect(await start({ API_KEY: 'k', LEVEL: 'info' })).toBe('started');
});

test('a start that fails gives the port back', async () => {
  const { port, close } = await serve();
  await close();
  await expect(startServer({ modules, port, logger: silent })).rejects.toThrow('API_KEY');
  await serve({ port });
});
