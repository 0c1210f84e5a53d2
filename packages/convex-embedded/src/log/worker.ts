import { parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads';
import { type LogPosition, type LogReply, type LogRequest, LogWriter, type SyncMode } from './log-writer.ts';
import { FileStorage } from './storage.ts';

/** The thread that writes and syncs, so that functions go on running meanwhile. */
const port = parentPort;
if (!port) throw new Error('This module runs in a worker thread.');
const { dir, at, mode } = workerData as { dir: string; at: LogPosition; mode: SyncMode };

let writer: LogWriter | null = null;
let opening: LogReply | null = null;
try {
  writer = new LogWriter(new FileStorage(dir), at, mode);
} catch (error) {
  opening = { type: 'failed', message: (error as Error).message };
}

port.on('message', (first: LogRequest) => {
  const requests = [first];
  // Whatever came in during the last sync shares the next one.
  for (let next = receiveMessageOnPort(port); next; next = receiveMessageOnPort(port)) {
    requests.push(next.message as LogRequest);
  }
  port.postMessage(writer ? writer.handle(requests) : opening);
  if (requests.at(-1)?.type === 'close') port.close();
});
