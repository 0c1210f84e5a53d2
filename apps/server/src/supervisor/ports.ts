/** Ports are looked at before anything starts, so that a taken one is named with its setting instead of in some child's stack. */
import { createServer } from 'node:net';
import { StartError } from './start-error.ts';

export type PortWish = {
  setting: 'PORT' | 'HOT_PORT' | 'EMULATOR_PORT' | 'MAILBOX_PORT' | 'MAILBOX_SMTP_PORT';
  port: number;
};

/**
 * @returns the ports by setting; a wish for 0 gets a free one.
 * @throws StartError when one is taken, barred or asked for twice.
 */
export async function claimPorts(host: string, wishes: readonly PortWish[]): Promise<Map<PortWish['setting'], number>> {
  const ports = new Map<PortWish['setting'], number>();
  const settingOf = new Map<number, string>();
  // Fixed ports first, so that a free one is never somebody's wish.
  for (const { setting, port } of wishes.toSorted((a, b) => b.port - a.port)) {
    const twin = settingOf.get(port);
    if (twin !== undefined && port !== 0) {
      throw new StartError(`${setting} and ${twin} are both ${port}. Give each its own port.`);
    }
    const claimed = await tryPort(host, setting, port, settingOf);
    ports.set(setting, claimed);
    settingOf.set(claimed, setting);
  }
  return ports;
}

async function tryPort(
  host: string,
  setting: string,
  port: number,
  claimed: ReadonlyMap<number, string>,
): Promise<number> {
  const got = await new Promise<number>((resolve, reject) => {
    const server = createServer();
    server.once('error', (error: NodeJS.ErrnoException) => reject(new StartError(explain(host, setting, port, error))));
    server.listen({ host, port, exclusive: true }, () => {
      const address = server.address();
      const actual = typeof address === 'object' && address !== null ? address.port : port;
      server.close(() => resolve(actual));
    });
  });
  return port === 0 && claimed.has(got) ? tryPort(host, setting, port, claimed) : got;
}

function explain(host: string, setting: string, port: number, error: NodeJS.ErrnoException): string {
  switch (error.code) {
    case 'EADDRINUSE':
      return (
        `Port ${port} (${setting}) is taken by another program.\n` +
        `Stop that program, or choose another port: ${setting}=${port + 1} npm start`
      );
    case 'EACCES':
      return `This user may not listen on port ${port} (${setting}). Ports from 1024 on are free for all: ${setting}=${port + 8000} npm start`;
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return `HOST=${host} is no address of this machine. Use 127.0.0.1 for this machine only, or 0.0.0.0 for every network.`;
    default:
      return `Cannot listen on ${host}, port ${port} (${setting}): ${error.message}`;
  }
}
