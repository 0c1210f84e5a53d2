/**
 * Every setting of Patchline: its name in the environment, what it means, its unit and its default.
 * docs/settings.md is made from this table (`npm run docs:generate`); nothing else in the project reads `process.env` for its behaviour.
 */
import { z } from 'zod';

export type SettingGroup = 'Addresses' | 'Storage' | 'Mail' | 'Carriers' | 'Running' | 'Set by Patchline itself';

export type SettingDefinition<Schema extends z.ZodType = z.ZodType> = {
  group: SettingGroup;
  /** One or two sentences for an administrator. */
  description: string;
  /** Turns the text of the environment into the typed value; its messages are shown to people. */
  schema: Schema;
  /** Text used when the setting is absent. Absent here: no value (`undefined`), or derived as `defaultNote` says. */
  default?: string;
  /** What the default is when it depends on other settings. */
  defaultNote?: string;
  unit?: string;
  /** A valid value, shown in error messages and in the docs. */
  example: string;
  /** True when the value must never be printed. */
  secret?: boolean;
};

const define = <Schema extends z.ZodType>(definition: SettingDefinition<Schema>) => definition;

const port = () =>
  z
    .string()
    .regex(/^\d{1,5}$/, 'must be a port number')
    .transform(Number)
    .refine((value) => value <= 65_535, 'must be between 0 and 65535 (0 picks a free port)');

const count = (min: number, max: number) =>
  z
    .string()
    .regex(/^\d{1,9}$/, 'must be a whole number')
    .transform(Number)
    .refine((value) => value >= min && value <= max, `must be between ${min} and ${max}`);

const choice = <const Values extends readonly [string, ...string[]]>(...values: Values) =>
  z.enum(values, { error: () => `must be one of ${values.join(', ')}` });

const hostName = () =>
  z
    .string()
    .regex(
      /^(?:[a-zA-Z0-9](?:[a-zA-Z0-9.-]*[a-zA-Z0-9])?|[0-9a-fA-F:]*:[0-9a-fA-F:.]*)$/,
      'must be a host name or an IP address, without scheme and port',
    );

/** An http(s) address without query and fragment; the trailing slash goes, so that paths can be appended. */
const httpUrl = () =>
  z.string().transform((value, context) => {
    const url = URL.canParse(value) ? new URL(value) : null;
    if (url === null || (url.protocol !== 'http:' && url.protocol !== 'https:')) {
      context.addIssue({ code: 'custom', message: 'must be an address that begins with http:// or https://' });
      return z.NEVER;
    }
    if (url.search !== '' || url.hash !== '' || url.username !== '' || url.password !== '') {
      context.addIssue({ code: 'custom', message: 'must have no user, query (?…) or fragment (#…)' });
      return z.NEVER;
    }
    return url.href.replace(/\/+$/, '');
  });

const postgresUrl = () =>
  z.string().refine((value) => /^postgres(?:ql)?:\/\/\S+$/.test(value) && URL.canParse(value), {
    message: 'must be an address that begins with postgres:// and names a host',
  });

const redisUrl = () =>
  z.string().refine((value) => /^rediss?:\/\/\S+$/.test(value) && URL.canParse(value), {
    message: 'must be an address that begins with redis:// or rediss:// and names a host',
  });

const smtpUrl = () =>
  z.string().refine((value) => /^smtps?:\/\/[^\s/]+\/?$/.test(value) && URL.canParse(value), {
    message: 'must be an address that begins with smtp:// or smtps:// and names a host',
  });

const mailFrom = () =>
  z.string().regex(/^(?:[^<>\r\n]{1,100} <[^\s<>@]+@[^\s<>@]+>|[^\s<>@]+@[^\s<>@]+)$/, {
    message: 'must be an e-mail address, or a name and an address in angle brackets',
  });

const key32 = () =>
  z.string().transform((value, context) => {
    const bytes = Buffer.from(value, 'base64');
    if (!/^[A-Za-z0-9+/]{43}=$/.test(value) || bytes.length !== 32) {
      context.addIssue({ code: 'custom', message: 'must be 32 bytes in base64 (44 characters)' });
      return z.NEVER;
    }
    return bytes;
  });

export const SETTINGS = {
  HOST: define({
    group: 'Addresses',
    description:
      'Address the servers listen on. Demo data is made only while it is a loopback address; use 0.0.0.0 behind a proxy or in a container.',
    schema: hostName(),
    default: '127.0.0.1',
    example: '0.0.0.0',
  }),
  PORT: define({
    group: 'Addresses',
    description: 'Port of the desk, the HTTP API and the webhooks.',
    schema: port(),
    default: '3000',
    unit: 'TCP port',
    example: '8080',
  }),
  HOT_PORT: define({
    group: 'Addresses',
    description: 'Port of the embedded hot tier, which browsers reach by WebSocket. Unused with CONVEX_URL.',
    schema: port(),
    default: '3200',
    unit: 'TCP port',
    example: '8082',
  }),
  EMULATOR_PORT: define({
    group: 'Addresses',
    description: 'Port of the carrier emulator with its handset page. Unused with EMULATOR=off.',
    schema: port(),
    default: '3100',
    unit: 'TCP port',
    example: '8081',
  }),
  MAILBOX_PORT: define({
    group: 'Addresses',
    description:
      'Port of the page that shows the letters Patchline sent while no mail server is set. On this machine only. Unused with MAILBOX=off.',
    schema: port(),
    defaultNote: 'EMULATOR_PORT + 300',
    unit: 'TCP port',
    example: '8083',
  }),
  MAILBOX_SMTP_PORT: define({
    group: 'Addresses',
    description: 'Port on which the mailbox takes letters (SMTP). On this machine only. Unused with MAILBOX=off.',
    schema: port(),
    defaultNote: 'MAILBOX_PORT + 100',
    unit: 'TCP port',
    example: '8084',
  }),
  PUBLIC_URL: define({
    group: 'Addresses',
    description:
      'Address under which browsers and carriers reach the server. Webhook signatures cover it, so it must be exactly what the carrier calls.',
    schema: httpUrl(),
    defaultNote: '`http://HOST:PORT`',
    example: 'https://desk.example.com',
  }),
  HOT_PUBLIC_URL: define({
    group: 'Addresses',
    description: 'Address under which browsers reach the hot tier.',
    schema: httpUrl(),
    defaultNote: 'CONVEX_URL, else the host of PUBLIC_URL with HOT_PORT',
    example: 'https://hot.example.com',
  }),
  EMULATOR_PUBLIC_URL: define({
    group: 'Addresses',
    description: 'Address under which browsers reach the emulator’s handset page.',
    schema: httpUrl(),
    defaultNote: 'the host of PUBLIC_URL with EMULATOR_PORT',
    example: 'https://handset.example.com',
  }),
  TRUSTED_PROXIES: define({
    group: 'Addresses',
    description:
      'Number of reverse proxies in front of the server whose X-Forwarded-* headers are believed. 0 believes none.',
    schema: count(0, 10),
    default: '0',
    unit: 'proxies',
    example: '1',
  }),
  DATA_DIR: define({
    group: 'Storage',
    description:
      'Folder of everything Patchline keeps on this machine: PostgreSQL, the hot tier’s log, the emulator, secrets, logs. One running Patchline per folder.',
    schema: z.string().refine((value) => !value.includes('\0'), 'must be a path'),
    default: './data',
    example: '/var/lib/patchline',
  }),
  DATABASE_URL: define({
    group: 'Storage',
    description:
      'PostgreSQL 16 or newer to use instead of the embedded one. The role must own its database and may create roles.',
    schema: postgresUrl(),
    defaultNote: 'the embedded PostgreSQL',
    example: 'postgres://patchline:password@db.example.com/patchline',
    secret: true,
  }),
  DATABASE_POOL_SIZE: define({
    group: 'Storage',
    description: 'Connections that one server process opens per database role.',
    schema: count(2, 200),
    default: '10',
    unit: 'connections',
    example: '20',
  }),
  CONVEX_URL: define({
    group: 'Storage',
    description: 'Convex deployment to use as the hot tier instead of the embedded one.',
    schema: httpUrl(),
    defaultNote: 'the embedded hot tier at HOT_PORT',
    example: 'https://happy-otter-123.convex.cloud',
  }),
  SECRETS_KEY: define({
    group: 'Storage',
    description:
      'Key that encrypts carrier credentials at rest. Every server process needs the same one; losing it means entering the credentials again. Make one with `openssl rand -base64 32`.',
    schema: key32(),
    defaultNote: 'generated once into DATA_DIR/secrets',
    unit: '32 bytes, base64',
    example: Buffer.alloc(32, 'example key, never use it').toString('base64'),
    secret: true,
  }),
  SECRETS_KEY_PREVIOUS: define({
    group: 'Storage',
    description:
      'The SECRETS_KEY before this one, while keys are being rotated: it still opens what it sealed. Remove it after `npm run secrets:rotate`.',
    schema: key32(),
    defaultNote: 'none',
    unit: '32 bytes, base64',
    example: Buffer.alloc(32, 'the example key before it').toString('base64'),
    secret: true,
  }),
  REDIS_URL: define({
    group: 'Storage',
    description:
      'Redis in which server processes share the sending pace of their numbers. It is worth having when many processes send; PostgreSQL keeps the pace otherwise.',
    schema: redisUrl(),
    defaultNote: 'none; PostgreSQL keeps the pace',
    example: 'redis://cache.example.com:6379',
    secret: true,
  }),
  SMTP_URL: define({
    group: 'Mail',
    description:
      'Mail server that sends invitations, password resets and notices. smtps:// speaks TLS from the first byte, smtp:// changes to TLS where the server can. Without one nobody can be invited by e-mail.',
    schema: smtpUrl(),
    defaultNote: 'the mailbox on this machine while it runs, else none',
    example: 'smtps://patchline:password@mail.example.com:465',
    secret: true,
  }),
  MAIL_FROM: define({
    group: 'Mail',
    description: 'Whom letters come from.',
    schema: mailFrom(),
    defaultNote: '`Patchline <no-reply@HOST>` with the host of PUBLIC_URL',
    example: 'Patchline <patchline@example.com>',
  }),
  MAILBOX: define({
    group: 'Mail',
    description:
      'Whether a mail server of Patchline’s own runs on this machine, which sends nothing on and shows what it took on a page. For trying things out.',
    schema: choice('on', 'off'),
    defaultNote: '`on` where demo data may be made and SMTP_URL is not set, else `off`',
    example: 'off',
  }),
  EMULATOR: define({
    group: 'Carriers',
    description: 'Whether the carrier emulator runs beside the server.',
    schema: choice('on', 'off'),
    defaultNote: '`on`, but `off` when NODE_ENV is production',
    example: 'off',
  }),
  TWILIO_API_URL: define({
    group: 'Carriers',
    description: 'Address that answers in place of https://api.twilio.com.',
    schema: httpUrl(),
    defaultNote: 'the emulator while it runs, else Twilio itself',
    example: 'http://127.0.0.1:3100',
  }),
  TELNYX_API_URL: define({
    group: 'Carriers',
    description: 'Address that answers in place of https://api.telnyx.com.',
    schema: httpUrl(),
    defaultNote: 'the emulator while it runs, else Telnyx itself',
    example: 'http://127.0.0.1:3100',
  }),
  SIGN_UP: define({
    group: 'Running',
    description:
      'Whether anybody may make a company of their own here by confirming their e-mail address. Otherwise owners of the installation make companies.',
    schema: choice('on', 'off'),
    default: 'off',
    example: 'on',
  }),
  LOG_LEVEL: define({
    group: 'Running',
    description: 'The least severe log lines that are written.',
    schema: choice('fatal', 'error', 'warn', 'info', 'debug', 'trace'),
    default: 'info',
    example: 'debug',
  }),
  NODE_ENV: define({
    group: 'Running',
    description:
      '`production` makes no demo data, starts without the emulator and asks for the first owner on a set-up page.',
    schema: choice('development', 'production', 'test'),
    default: 'development',
    example: 'production',
  }),
  WORKER_CONCURRENCY: define({
    group: 'Running',
    description: 'Background jobs that one server process runs at the same time.',
    schema: count(1, 100),
    default: '10',
    unit: 'jobs',
    example: '20',
  }),
  PATCHLINE_ISSUER: define({
    group: 'Set by Patchline itself',
    description:
      'The `iss` of hot-tier tokens. Change it together with the deployment variable of the same name on a Convex deployment.',
    schema: httpUrl(),
    default: 'https://patchline.local',
    example: 'https://desk.example.com',
  }),
  PATCHLINE_SUPERVISED: define({
    group: 'Set by Patchline itself',
    description:
      '1 in the supervisor’s children: they end when their standard input closes, so that none is left behind.',
    schema: choice('0', '1'),
    default: '0',
    example: '1',
  }),
} as const satisfies Record<string, SettingDefinition>;

export type SettingName = keyof typeof SETTINGS;
export const SETTING_NAMES = Object.keys(SETTINGS) as SettingName[];

/** Names with our prefix that are no settings of the server: variables of the hot tier, of tests and of benches. */
export const FOREIGN_PREFIXED_NAMES: readonly string[] = ['PATCHLINE_JWKS', 'PATCHLINE_PARENT_FD'];
export const FOREIGN_PREFIXES: readonly string[] = ['PATCHLINE_TEST_', 'PATCHLINE_BENCH_'];
