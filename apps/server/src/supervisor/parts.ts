/** Which parts run, with which words and which environment: the settings decide. */
import path from 'node:path';
import { isLoopback, reachable, type Settings } from '../platform/settings.ts';
import { foreignEnvironment, settingsToEnvironment } from '../platform/settings-environment.ts';
import { nodePart } from './node-part.ts';
import type { Part, RunningPart } from './part.ts';
import { postgresPart } from './postgres-part.ts';

const ROOT = path.resolve(import.meta.dirname, '../../../..');

/** Programs of the parts; tests put small ones in their place. */
export type Scripts = { hot: string; server: string; emulator: string; mailbox: string };

export const SCRIPTS: Scripts = {
  hot: path.join(ROOT, 'packages/convex-embedded/src/cli.ts'),
  server: path.join(ROOT, 'apps/server/src/main.ts'),
  emulator: path.join(ROOT, 'packages/carrier-emulator/src/cli.ts'),
  mailbox: path.join(ROOT, 'apps/server/src/mailbox/cli.ts'),
};

/** Ends in this order, and within five seconds together: first who takes work in, last who keeps it. Milliseconds. */
export const STOP_ORDER = [
  { names: ['server'], patience: 2_600 },
  { names: ['hot tier', 'emulator', 'mailbox'], patience: 800 },
  { names: ['postgres'], patience: 1_000 },
] as const;

export function makeParts(options: {
  settings: Settings;
  /** Deployment variables of the hot tier, as a file. */
  hotEnvironmentFile: string;
  env: Readonly<Record<string, string | undefined>>;
  log: (part: string, line: string) => void;
  /** Shown to the person at the terminal and kept nowhere: what the server says in plain words instead of a log line. */
  tell: (line: string) => void;
  scripts?: Partial<Scripts>;
}): Part[] {
  const { settings, log } = options;
  const scripts = { ...SCRIPTS, ...options.scripts };
  const { dataDir, host } = settings;
  const inherited = { ...foreignEnvironment(options.env), PATCHLINE_SUPERVISED: '1', NODE_ENV: settings.nodeEnv };
  const address = (port: number) => ['--host', host, '--port', String(port)];
  const parts: Part[] = [];

  const postgres = settings.databaseUrl === null ? postgresPart(dataDir, (line) => log('postgres', line)) : null;
  if (postgres !== null) parts.push(postgres.part);

  if (settings.externalConvexUrl === null) {
    parts.push(
      nodePart({
        name: 'hot tier',
        script: scripts.hot,
        words: [
          ...['--dir', path.join(ROOT, 'convex'), '--data', path.join(dataDir, 'hot'), ...address(settings.hotPort)],
          ...['--env-file', options.hotEnvironmentFile, '--exit-with-stdin', ...originWords(settings)],
        ],
        env: inherited,
        readyUrl: `${settings.convexUrl}/version`,
        log: (line) => log('hot tier', line),
      }),
    );
  }

  if (settings.emulatorUrl !== null) {
    parts.push(
      nodePart({
        name: 'emulator',
        script: scripts.emulator,
        words: [
          ...[...address(settings.emulatorPort), '--public-url', settings.emulatorUrl],
          ...['--data', path.join(dataDir, 'emulator'), '--exit-with-stdin'],
        ],
        env: inherited,
        readyUrl: `${settings.emulatorUrl}/handset`,
        log: (line) => log('emulator', line),
      }),
    );
  }

  if (settings.mailbox) {
    parts.push(
      nodePart({
        name: 'mailbox',
        script: scripts.mailbox,
        words: [
          ...['--port', String(settings.mailboxPort), '--smtp-port', String(settings.mailboxSmtpPort)],
          ...['--data', path.join(dataDir, 'mailbox')],
        ],
        env: inherited,
        readyUrl: mailboxUrl(settings),
        log: (line) => log('mailbox', line),
      }),
    );
  }

  parts.push(serverPart());
  return parts;

  /** Its database address is known only when PostgreSQL runs, so the part is made at each start. */
  function serverPart(): Part {
    const needs = parts.map(({ name }) => name);
    return {
      name: 'server',
      needs,
      start(signal): Promise<RunningPart> {
        const given = {
          ...settings,
          supervised: true,
          databaseUrl: settings.databaseUrl ?? postgres?.url() ?? null,
          externalConvexUrl: settings.convexUrl,
        };
        return nodePart({
          name: 'server',
          script: scripts.server,
          env: { ...inherited, ...settingsToEnvironment(given) },
          readyUrl: `http://${reachable(host)}:${settings.port}/readyz`,
          log: (line, stream) => (stream === 'out' && !line.startsWith('{') ? options.tell(line) : log('server', line)),
        }).start(signal);
      },
    };
  }
}

/** Where the letters are shown; on this machine only, whatever HOST says. */
export function mailboxUrl({ mailboxPort }: Pick<Settings, 'mailboxPort'>): string {
  return `http://127.0.0.1:${mailboxPort}/`;
}

/** Web pages that may connect to the hot tier, when the desk is opened by another address than this machine's own. */
function originWords({ publicUrl, port }: Settings): string[] {
  const { origin, hostname } = new URL(publicUrl);
  if (isLoopback(hostname)) return [];
  return [origin, `http://localhost:${port}`, `http://127.0.0.1:${port}`].flatMap((allowed) => ['--origin', allowed]);
}
