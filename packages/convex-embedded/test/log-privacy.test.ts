import { ConvexHttpClient } from 'convex/browser';
import { makeFunctionReference } from 'convex/server';
import { expect, test } from 'vitest';
import { serve } from './harness.ts';

const send = makeFunctionReference<'mutation'>('messages:send');
const SECRET = 'my card is 4000 0000 0000 0002';

async function logOfRefusedCall(dev: boolean): Promise<string> {
  const lines: string[] = [];
  const server = await serve({
    dev,
    logger: (level, message, fields) => lines.push(JSON.stringify({ level, message, ...fields })),
  });
  const client = new ConvexHttpClient(server.url, { logger: false });
  await expect(client.mutation(send, { channel: 'c', body: SECRET, n: 'not a number' })).rejects.toThrow(
    'Server Error',
  );
  return lines.join('\n');
}

test('what people wrote does not end up in the log of a production server when a call is refused', async () => {
  const log = await logOfRefusedCall(false);
  expect(log).toContain('function failed');
  expect(log).toContain('ArgumentValidationError');
  expect(log).not.toContain('not a number');
  expect(log).not.toContain(SECRET);
});

test('a developer sees the refused value in the log', async () => {
  expect(await logOfRefusedCall(true)).toContain('not a number');
});
