import WebSocket from 'ws';

/**
 * A tenth of the clients read what they get; the others only take it, so that reading does not become what is measured.
 * They are spread over all, so that neither the first nor the last to be served speak for the rest.
 */
const reads = (client: number) => client % 10 === Math.floor(client / 10) % 10;

/** A text that reached a client. */
export interface Seen {
  /** What the database calls it. */
  key: string;
  /** Milliseconds since 1970, with fractions. */
  at: number;
}

export interface Watchers {
  /** What the reading clients were shown for the first time, and when, since the last call. */
  takeSeen(): Seen[];
  /** Bytes of the frames of one client, and their number, since the last call. */
  takeFrames(): { bytes: number; count: number };
  close(): void;
}

/** `count` sockets; `readKeys` finds in a frame the texts that this client had not seen. `hello` is sent on each after opening. */
export async function openWatchers(options: {
  url: string;
  count: number;
  hello: (client: number) => string[];
  readKeys: (frame: string, client: number) => string[];
  /** Whether the first frame answers the subscription and is no news. */
  greets: boolean;
}): Promise<Watchers> {
  let seen: Seen[] = [];
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
          if (reads(client)) {
            const at = performance.timeOrigin + performance.now();
            const found = options.readKeys(data.toString(), client);
            if (greeted) seen.push(...found.map((key) => ({ key, at })));
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
    takeSeen() {
      const taken = seen;
      seen = [];
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
