import WebSocket from 'ws';

/** How many of the clients read what they get; the others only count, so that reading does not become what is measured. */
const READERS = 20;

export interface Watchers {
  /** Milliseconds from commit to each reading client, since the last call. */
  takeDelays(): number[];
  /** Bytes of the frames of one client, and their number, since the last call. */
  takeFrames(): { bytes: number; count: number };
  close(): void;
}

/** `count` sockets; `readDelays` finds in a frame how old the changes in it are. `hello` is sent on each after opening. */
export async function openWatchers(options: {
  url: string;
  count: number;
  hello: (client: number) => string[];
  readDelays: (frame: string, client: number) => number[];
  /** Whether the first frame answers the subscription and is no news. */
  greets: boolean;
}): Promise<Watchers> {
  let delays: number[] = [];
  let bytes = 0;
  let count = 0;
  const sockets = await Promise.all(
    Array.from({ length: options.count }, async (_, client) => {
      const socket = new WebSocket(options.url, { perMessageDeflate: false });
      await new Promise<void>((resolve, reject) => {
        socket.on('error', reject);
        socket.on('open', () => {
          for (const message of options.hello(client)) socket.send(message);
          if (!options.greets) resolve();
        });
        let greeted = !options.greets;
        socket.on('message', (data: Buffer) => {
          if (client === 0) {
            bytes += data.length;
            count++;
          }
          if (client < READERS) {
            const found = options.readDelays(data.toString(), client);
            if (greeted) delays.push(...found);
          }
          if (!greeted) {
            greeted = true;
            resolve();
          }
        });
      });
      return socket;
    }),
  );
  return {
    takeDelays() {
      const taken = delays;
      delays = [];
      return taken;
    },
    takeFrames() {
      const taken = { bytes, count };
      bytes = 0;
      count = 0;
      return taken;
    },
    close: () => {
      for (const socket of sockets) socket.terminate();
    },
  };
}
