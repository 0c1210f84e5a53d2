import { ConvexHttpClient } from 'convex/browser';
import { expect, test, vi } from 'vitest';
import { Metrics } from '../src/metrics.ts';
import { Outbox } from '../src/sync/outbox.ts';
import { m } from './api.ts';
import { serve, until } from './harness.ts';
import { add, connect, raw } from './raw-socket.ts';

const MIB = 1 << 20;

test('a reader that falls behind is not sent every step, and has the newest state once it reads again', async () => {
  const server = await serve();
  const http = new ConvexHttpClient(server.url);
  const id = await http.mutation(m<string>('messages:send'), { channel: 'big', body: 'x'.repeat(MIB - 300), n: 0 });
  const { socket, messages, send } = await raw(server.url);
  send(connect);
  send({
    type: 'ModifyQuerySet',
    baseVersion: 0,
    newVersion: 1,
    modifications: [add(0, 'messages:list', { channel: 'big' })],
  });
  const transitions = () => messages.filter((message) => message.type === 'Transition');
  await until(() => transitions().length === 1);
  socket.pause();
  const steps = 40;
  for (let n = 1; n <= steps; n++) await http.mutation(m('messages:edit'), { id, n });
  expect(server.metrics.slowSockets).toBeGreaterThanOrEqual(1);
  const sent = server.metrics.transitions;
  expect(sent).toBeLessThan(steps);
  socket.resume();
  const newest = () =>
    (transitions().at(-1)?.modifications as { value: { n: number }[] }[] | undefined)?.[0]?.value[0]?.n;
  await until(() => newest() === steps);
  expect(transitions().length).toBeLessThan(steps);
});

/** A socket whose reader never reads. */
function stuck() {
  const socket = { readyState: 1, OPEN: 1, close: vi.fn(), terminate: vi.fn() };
  const stream = {
    writableLength: 0,
    written: [] as (() => void)[],
    write(bytes: Uint8Array, written?: () => void) {
      stream.writableLength += bytes.length;
      if (written) stream.written.push(written);
    },
  };
  const drained = vi.fn();
  return { socket, stream, drained, outbox: new Outbox(socket, stream, new Metrics(), drained) };
}

const tick = () => new Promise((resolve) => setImmediate(resolve));

test('a reader that lets 64 MiB pile up is cut off', async () => {
  const { socket, outbox } = stuck();
  for (let i = 0; i < 64; i++) outbox.send('x'.repeat(MIB));
  await tick();
  expect(socket.terminate).not.toHaveBeenCalled();
  outbox.send('one more');
  expect(socket.terminate).toHaveBeenCalledOnce();
});

test('a reader that is behind for a minute is cut off, one that catches up is not', async () => {
  const { socket, stream, drained, outbox } = stuck();
  const fall = async () => {
    for (let i = 0; i < 3; i++) {
      outbox.send('x'.repeat(MIB));
      await tick();
    }
  };
  await fall();
  expect(outbox.congested).toBe(true);
  stream.writableLength = 0;
  for (const written of stream.written.splice(0)) written();
  expect(drained).toHaveBeenCalledOnce();
  expect(outbox.congested).toBe(false);
  outbox.checkPatience(Date.now() + 61_000);
  expect(socket.terminate).not.toHaveBeenCalled();
  await fall();
  outbox.checkPatience(Date.now() + 59_000);
  expect(socket.terminate).not.toHaveBeenCalled();
  outbox.checkPatience(Date.now() + 61_000);
  expect(socket.terminate).toHaveBeenCalledOnce();
});

test('what is sent in one task is one write', async () => {
  const { stream, outbox } = stuck();
  const write = vi.spyOn(stream, 'write');
  for (let i = 0; i < 20; i++) outbox.send(`message ${i}`);
  await tick();
  expect(write).toHaveBeenCalledOnce();
});
