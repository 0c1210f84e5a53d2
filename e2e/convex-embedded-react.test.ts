import { createServer as createHttpServer } from 'node:http';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { fileURLToPath } from 'node:url';
import { ConvexHttpClient } from 'convex/browser';
import { makeFunctionReference } from 'convex/server';
import { type RunningServer, startServer } from 'convex-embedded';
import { build } from 'esbuild';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { launchBrowser } from './harness/browser.ts';

const fixtures = (path: string) => fileURLToPath(new URL(`../packages/convex-embedded/test/${path}`, import.meta.url));

let browser: Browser;
let hot: RunningServer;
let site: Server;
/** Between the page and the server, so that connections can be cut. */
let proxy: Server;
const open = new Set<Socket>();

const urlOf = (server: Server) => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
const listen = (server: Server) => new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));

beforeAll(async () => {
  const bundle = await build({
    entryPoints: [fixtures('react/page.tsx')],
    bundle: true,
    write: false,
    format: 'esm',
    jsx: 'automatic',
    define: { 'process.env.NODE_ENV': '"production"' },
  });
  const script = bundle.outputFiles[0]?.text ?? '';
  site = createHttpServer((request, response) => {
    const isScript = request.url === '/page.js';
    response.setHeader('content-type', isScript ? 'text/javascript' : 'text/html');
    response.end(
      isScript ? script : '<!doctype html><title>page</title><script type="module" src="/page.js"></script>',
    );
  });
  await listen(site);
  hot = await startServer({ dir: fixtures('convex') });
  proxy = createServer((socket) => {
    const onward = connect(hot.port, '127.0.0.1');
    open.add(socket);
    const cut = () => {
      open.delete(socket);
      socket.destroy();
      onward.destroy();
    };
    for (const end of [socket, onward]) end.on('error', cut).on('close', cut);
    socket.pipe(onward).pipe(socket);
  });
  await listen(proxy);
  browser = await launchBrowser();
});

afterAll(async () => {
  await browser?.close();
  for (const socket of open) socket.destroy();
  proxy?.close();
  site?.close();
  await hot?.close();
});

const send = makeFunctionReference<'mutation', { channel: string; body: string; n: number }, string>('messages:send');

test('ConvexReactClient in a browser, its sockets cut at random: nothing lost, nothing twice, pages without gaps', async () => {
  const http = new ConvexHttpClient(hot.url);
  const message = (n: number) => http.mutation(send, { channel: 'react', body: 'x', n });
  for (const n of [0, 2, 4, 6, 8]) await message(n);
  const page = await browser.newPage();
  const errors: string[] = [];
  page.on('pageerror', (error) => errors.push(error.message));
  await page.goto(`${urlOf(site)}/?server=${encodeURIComponent(urlOf(proxy))}`);
  await page.getByText('0 2 4', { exact: true }).waitFor();
  await page.getByRole('button', { name: 'More' }).click();
  await page.getByText('0 2 4 6 8', { exact: true }).waitFor();

  const rounds = 6;
  const each = 15;
  for (let round = 1; round <= rounds; round++) {
    const added = page.evaluate((times) => window.addMany(times), each);
    // The cut falls wherever the mutations are just then: on their way, committed, or answered.
    await new Promise((resolve) => setTimeout(resolve, Math.random() * 40));
    for (const socket of open) socket.destroy();
    await added;
    await page.getByText(String(round * each), { exact: true }).waitFor();
  }
  await message(3);
  await message(9);
  await page.getByText('0 2 3 4 6 8 9', { exact: true }).waitFor();
  const total = await http.query(makeFunctionReference<'query', { name: string }, number>('counters:get'), {
    name: 'react',
  });
  expect(total).toBe(rounds * each);
  const seen = await page.evaluate(() => window.seen);
  expect(seen).toEqual([...seen].sort((a, b) => a - b));
  expect(errors).toEqual([]);
  expect(hot.metrics.socketsOpened).toBeGreaterThan(rounds / 2);
});
