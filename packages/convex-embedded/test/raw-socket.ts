import WebSocket from 'ws';
import { onEnd } from './harness.ts';

export type Message = { type: string; [field: string]: unknown };

/** A socket whose messages are collected. */
export async function raw(
  url: string,
  origin?: string,
): Promise<{ socket: WebSocket; messages: Message[]; send(m: object): void }> {
  const socket = new WebSocket(`${url.replace('http', 'ws')}/api/1.48.0/sync`, origin ? { origin } : {});
  const messages: Message[] = [];
  socket.on('message', (data) => messages.push(JSON.parse(String(data)) as Message));
  onEnd(() => socket.terminate());
  await new Promise((resolve, reject) => {
    socket.once('open', resolve);
    socket.once('error', reject);
  });
  return { socket, messages, send: (message) => socket.send(JSON.stringify(message)) };
}

export const connect = { type: 'Connect', sessionId: 's1', connectionCount: 0, lastCloseReason: null, clientTs: 0 };

/** The modification that subscribes to a query. */
export const add = (queryId: number, udfPath: string, args: object) => ({
  type: 'Add',
  queryId,
  udfPath,
  args: [args],
});
