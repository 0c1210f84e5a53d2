import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { startServer } from 'convex-embedded';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openSigner, type Signer } from './hot-diff/keys.ts';

const root = path.resolve(import.meta.dirname, '..');
const dir = mkdtempSync(path.join(tmpdir(), 'hot-diff-'));
const key = path.join(dir, 'key.json');
let signer: Signer;
beforeAll(async () => {
  signer = await openSigner(key);
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

/** Runs the command; resolves with its exit code and what it printed. */
const hotDiff = (...words: string[]) =>
  new Promise<{ code: number; text: string }>((resolve) => {
    const command = ['scripts/hot-diff.ts', '--key', key, ...words];
    execFile(process.execPath, command, { cwd: root }, (error, stdout, stderr) =>
      resolve({ code: error ? Number(error.code) : 0, text: `${stdout}${stderr}` }),
    );
  });

test('two hot tiers that are the same do the same', async () => {
  const other = await startServer({ dir: path.join(root, 'convex'), env: signer.variables, logger: () => undefined });
  try {
    const { code, text: printed } = await hotDiff('--url', other.url, '--steps', '150');
    expect(printed).toContain('Both did the same.');
    expect(printed).toMatch(/150 calls, of which [1-9]\d* gave results, [1-9]\d* were refused, [1-9]\d* failed/);
    expect(code).toBe(0);
  } finally {
    await other.close();
  }
});

test('a difference is found and shown with its seed', async () => {
  const other = await startServer({ dir: path.join(root, 'convex'), env: signer.variables, logger: () => undefined });
  // Between the two: one that counts unread messages in its own way.
  const liar = createServer((request, response) => {
    void (async () => {
      const { authorization } = request.headers;
      const answer = await fetch(`${other.url}${request.url}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...(authorization ? { authorization } : {}) },
        body: await text(request),
      });
      response.writeHead(answer.status).end((await answer.text()).replace(/"unread":\d+/, '"unread":77'));
    })();
  });
  await new Promise<void>((resolve) => liar.listen(0, '127.0.0.1', resolve));
  try {
    const url = `http://127.0.0.1:${(liar.address() as AddressInfo).port}`;
    const { code, text: printed } = await hotDiff('--url', url, '--seed', '7');
    expect(printed).toMatch(/seed 7/);
    expect(printed).toMatch(/They differ at call \d+/);
    expect(printed).toContain('"unread":77');
    expect(code).toBe(1);
  } finally {
    liar.closeAllConnections();
    liar.close();
    await other.close();
  }
});

test('without an address it says how to prepare a deployment', async () => {
  const { code, text: printed } = await hotDiff();
  expect(printed).toContain(`npx convex env set PATCHLINE_JWKS '${signer.variables.PATCHLINE_JWKS}'`);
  expect(code).toBe(2);
});
