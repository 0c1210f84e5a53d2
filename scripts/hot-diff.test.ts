import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
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
    const { code, text } = await hotDiff('--url', other.url, '--steps', '150');
    expect(text).toContain('Both did the same.');
    expect(text).toMatch(/150 calls, of which [1-9]\d* gave results, [1-9]\d* were refused, [1-9]\d* failed/);
    expect(code).toBe(0);
  } finally {
    await other.close();
  }
});

test('a difference is found and shown with its seed', async () => {
  // The fixtures of the runtime are functions of another kind.
  const other = await startServer({
    dir: path.join(root, 'packages/convex-embedded/test/convex'),
    logger: () => undefined,
  });
  try {
    const { code, text } = await hotDiff('--url', other.url, '--seed', '7');
    expect(text).toMatch(/seed 7/);
    expect(text).toMatch(/They differ at call \d+/);
    expect(code).toBe(1);
  } finally {
    await other.close();
  }
});

test('without an address it says how to prepare a deployment', async () => {
  const { code, text } = await hotDiff();
  expect(text).toContain(`npx convex env set PATCHLINE_JWKS '${signer.variables.PATCHLINE_JWKS}'`);
  expect(code).toBe(2);
});
