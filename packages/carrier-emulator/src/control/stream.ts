import type { ServerResponse } from 'node:http';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Context } from '../context.ts';
import { messageView } from './views.ts';

/** Events are written together, so that a busy emulator does not spend its time on system calls. */
const GATHER_MS = 25;
const KEEP_ALIVE_MS = 15_000;
/** A page that does not read is cut off; it connects again and asks for the state. */
const MOST_UNREAD = 8 * 1024 * 1024;

/**
 * GET /events: Server-Sent Events `message` (each change of a message), `request` (each line of the log) and `changed`
 * (accounts, handsets, faults, clock, reset). They tell what is new from now on; the state comes from the other routes.
 */
export function eventStream(context: Context) {
  return (_request: FastifyRequest, reply: FastifyReply): void => {
    reply.hijack();
    const response = reply.raw;
    response.writeHead(200, {
      'content-type': 'text/event-stream',
      'cache-control': 'no-store',
      'x-accel-buffering': 'no',
    });
    response.write('retry: 1000\n\n');
    follow(context, response);
  };
}

function follow(context: Context, response: ServerResponse): void {
  let gathered = '';
  let timer: NodeJS.Timeout | undefined;
  const send = (event: string, data: unknown) => {
    gathered += `event: ${event}\ndata: ${JSON.stringify(data)}\n\n`;
    timer ??= setTimeout(() => {
      timer = undefined;
      const text = gathered;
      gathered = '';
      if (response.writableLength > MOST_UNREAD) response.destroy();
      else response.write(text);
    }, GATHER_MS);
  };
  const onMessage = (message: Parameters<typeof messageView>[0]) => send('message', messageView(message));
  const onRequest = (entry: unknown) => send('request', entry);
  const onChanged = (what: string) => send('changed', { what });
  const keepAlive = setInterval(() => response.write(':\n\n'), KEEP_ALIVE_MS);
  context.events.on('message', onMessage).on('request', onRequest).on('changed', onChanged);
  response.on('close', () => {
    context.events.off('message', onMessage).off('request', onRequest).off('changed', onChanged);
    clearInterval(keepAlive);
    clearTimeout(timer);
  });
}
