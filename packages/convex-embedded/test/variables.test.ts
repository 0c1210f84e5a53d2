import { fileURLToPath } from 'node:url';
import { ConvexHttpClient } from 'convex/browser';
import { expect, test } from 'vitest';
import { startServer } from '../src/index.ts';
import { q } from './api.ts';
import { serve, silent } from './harness.ts';

const dir = fileURLToPath(new URL('./declared-env', import.meta.url));

test('functions find the variables they are given and the address of the server, from the moment they load', async () => {
  const server = await serve({ dir, env: { API_KEY: 'k' } });
  expect(await new ConvexHttpClient(server.url).query(q('settings:read'), {})).toEqual({
    key: 'k',
    generated: 'k',
    cloud: server.url,
    site: server.url,
  });
  const proxied = await serve({ dir, env: { API_KEY: 'k', CONVEX_CLOUD_URL: 'https://calls.example.com' } });
  expect(await new ConvexHttpClient(proxied.url).query(q('settings:read'), {})).toMatchObject({
    cloud: 'https://calls.example.com',
  });
});

test('a variable that convex.config.ts declares and that is missing or wrong stops the start, without telling its value', async () => {
  const start = (env: Record<string, string>) =>
    startServer({ dir, env, logger: silent }).then(
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
  await expect(startServer({ dir, port, logger: silent })).rejects.toThrow('API_KEY');
  await serve({ port });
});
