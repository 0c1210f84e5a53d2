/**
 * The settings of one process, read once and typed.
 *
 * Sources, the first that has a value wins: the environment, the settings file (`--env-file FILE`, else `patchline.env` in the working
 * directory), the default. An empty value counts as absent. Whatever is unknown or malformed stops the start: in the file every unknown
 * name, in the environment (which holds other programs' variables too) unknown names that begin with `PATCHLINE_` and one-letter slips
 * of our own names.
 */
import { existsSync, readFileSync } from 'node:fs';
import { isIP } from 'node:net';
import path from 'node:path';
import type { z } from 'zod';
import { parseSettingsFile } from './settings-file.ts';
import { nearest } from './settings-near-miss.ts';
import {
  FOREIGN_PREFIXED_NAMES,
  FOREIGN_PREFIXES,
  SETTING_NAMES,
  SETTINGS,
  type SettingName,
} from './settings-table.ts';

type Parsed = { [Name in SettingName]: z.output<(typeof SETTINGS)[Name]['schema']> | undefined };
type LogLevel = z.output<(typeof SETTINGS)['LOG_LEVEL']['schema']>;

export type Settings = {
  /** Address to listen on. */
  host: string;
  port: number;
  hotPort: number;
  emulatorPort: number;
  mailboxPort: number;
  mailboxSmtpPort: number;
  /** No trailing slash, as all URLs here. */
  publicUrl: string;
  /** Where browsers reach the hot tier. */
  hotPublicUrl: string;
  emulatorPublicUrl: string;
  trustedProxies: number;
  /** Absolute path. */
  dataDir: string;
  /** null: the embedded PostgreSQL, of which only the supervisor knows the address. */
  databaseUrl: string | null;
  databasePoolSize: number;
  /** Where this machine reaches the hot tier: CONVEX_URL or the embedded one. */
  convexUrl: string;
  /** Address given by CONVEX_URL; null: the embedded hot tier. */
  externalConvexUrl: string | null;
  /** 32 bytes; null: DATA_DIR/secrets has it. */
  secretsKey: Buffer | null;
  /** The key before it, while keys are being rotated. */
  secretsKeyPrevious: Buffer | null;
  /** null: PostgreSQL keeps the pace of numbers. */
  redisUrl: string | null;
  /** null: no letter can be sent. */
  smtpUrl: string | null;
  mailFrom: string;
  mailbox: boolean;
  /** Whether strangers may make companies. */
  signUp: boolean;
  emulator: boolean;
  /** Where this machine reaches the emulator; null when it is off. */
  emulatorUrl: string | null;
  /** Address that stands in for api.twilio.com; null: Twilio itself. */
  twilioApiUrl: string | null;
  /** Address that stands in for api.telnyx.com; null: Telnyx itself. */
  telnyxApiUrl: string | null;
  logLevel: LogLevel;
  nodeEnv: 'development' | 'production' | 'test';
  production: boolean;
  /** Demo data may be made: not in production, and nobody else's machine can reach us. */
  demoAllowed: boolean;
  workerConcurrency: number;
  issuer: string;
  /** End when standard input closes: the supervisor that started us is gone. */
  supervised: boolean;
};

export type SettingsProblem = { setting: string; problem: string };

/** Its message is meant for the terminal: one paragraph per problem, each with the name, what is wrong and what to write. */
export class SettingsError extends Error {
  override name = 'SettingsError';
  readonly problems: readonly SettingsProblem[];

  constructor(problems: readonly SettingsProblem[]) {
    const lines = problems.map(({ setting, problem }) => `  ${setting}: ${problem}`);
    super(`Patchline cannot start with these settings:\n${lines.join('\n')}\nAll settings: docs/settings.md`);
    this.problems = problems;
  }
}

export type Environment = Readonly<Record<string, string | undefined>>;

/** The files `loadSettings` may look at; replaced in tests. */
export type SettingsFiles = { exists(file: string): boolean; read(file: string): string };
const realFiles: SettingsFiles = { exists: existsSync, read: (file) => readFileSync(file, 'utf8') };

/**
 * @param env the environment.
 * @param argv command-line words after the script's name. Without them no settings file is read.
 * @throws SettingsError naming every unknown or malformed setting at once.
 */
export function loadSettings(env: Environment, argv?: readonly string[], files: SettingsFiles = realFiles): Settings {
  const problems: SettingsProblem[] = [];
  const texts = new Map<SettingName, string>();

  const file = argv === undefined ? null : settingsFile(argv, files, problems);
  if (file !== null) readFileEntries(file, files, texts, problems);

  for (const [name, value] of Object.entries(env)) {
    if (value === undefined || value === '') continue;
    if (isSettingName(name)) texts.set(name, value);
    else refuseNearMiss(name, env, problems);
  }

  const parsed = parse(texts, problems);
  if (problems.length > 0) throw new SettingsError(problems);
  return resolve(parsed);
}

/** True for addresses that only this machine reaches. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'));
}

const isSettingName = (name: string): name is SettingName => Object.hasOwn(SETTINGS, name);

function settingsFile(argv: readonly string[], files: SettingsFiles, problems: SettingsProblem[]): string | null {
  let chosen: string | null = null;
  for (let index = 0; index < argv.length; index++) {
    const word = argv[index] ?? '';
    if (word === '--env-file') {
      chosen = argv[index + 1] ?? '';
      index++;
    } else if (word.startsWith('--env-file=')) {
      chosen = word.slice('--env-file='.length);
    } else {
      problems.push({ setting: word, problem: 'is not an option. The only one is --env-file FILE' });
    }
  }
  if (chosen === null) return files.exists('patchline.env') ? 'patchline.env' : null;
  if (chosen === '') {
    problems.push({ setting: '--env-file', problem: 'needs the path of a file, for example --env-file patchline.env' });
    return null;
  }
  if (!files.exists(chosen)) {
    problems.push({ setting: '--env-file', problem: `there is no file ${chosen}` });
    return null;
  }
  return chosen;
}

function readFileEntries(
  file: string,
  files: SettingsFiles,
  texts: Map<SettingName, string>,
  problems: SettingsProblem[],
): void {
  const { entries, problems: malformed } = parseSettingsFile(files.read(file));
  for (const { line, text } of malformed) problems.push({ setting: `${file} line ${line}`, problem: text });
  for (const { name, value, line } of entries) {
    if (!isSettingName(name)) {
      const meant = nearest(name, SETTING_NAMES, 3);
      problems.push({
        setting: `${name} (${file} line ${line})`,
        problem: `there is no such setting${didYouMean(meant)}`,
      });
    } else if (value !== '') {
      texts.set(name, value);
    }
  }
}

const didYouMean = (name: string | undefined) => (name === undefined ? '' : `; did you mean ${name}?`);

/** Other programs' variables that look like a slip of ours. */
const OTHER_PROGRAMS = new Set(['LOGLEVEL', 'DATADIR']);

function refuseNearMiss(name: string, env: Environment, problems: SettingsProblem[]): void {
  if (FOREIGN_PREFIXED_NAMES.includes(name) || FOREIGN_PREFIXES.some((prefix) => name.startsWith(prefix))) return;
  if (name.startsWith('PATCHLINE_')) {
    const meant = nearest(name, SETTING_NAMES, 3) ?? nearest(name.slice('PATCHLINE_'.length), SETTING_NAMES, 1);
    problems.push({ setting: name, problem: `there is no such setting${didYouMean(meant)}` });
    return;
  }
  if (OTHER_PROGRAMS.has(name)) return;
  // Only compound names: PORT and HOST are one letter away from too many honest words.
  const meant = nearest(
    name,
    SETTING_NAMES.filter((known) => known.includes('_') && known.length >= 8),
    1,
  );
  // When the right name is set as well, the other one belongs to somebody else.
  if (meant !== undefined && name === name.toUpperCase() && !env[meant]) {
    problems.push({ setting: name, problem: `there is no such setting${didYouMean(meant)}` });
  }
}

function parse(texts: ReadonlyMap<SettingName, string>, problems: SettingsProblem[]): Parsed {
  const values: Record<string, unknown> = {};
  for (const name of SETTING_NAMES) {
    const definition: { schema: z.ZodType; default?: string; example: string; secret?: boolean } = SETTINGS[name];
    const given = texts.get(name);
    const text = given ?? definition.default;
    if (text === undefined) continue;
    const result = definition.schema.safeParse(text.trim());
    if (result.success) {
      values[name] = result.data;
      continue;
    }
    const wrong = result.error.issues.map((issue) => issue.message).join(' and ');
    const shown = definition.secret ? 'the value given' : `"${text}"`;
    problems.push({ setting: name, problem: `${shown} ${wrong}. Example: ${name}=${definition.example}` });
  }
  return values as Parsed;
}

function resolve(parsed: Parsed): Settings {
  const host = parsed.HOST ?? '127.0.0.1';
  const port = parsed.PORT ?? 0;
  const hotPort = parsed.HOT_PORT ?? 0;
  const emulatorPort = parsed.EMULATOR_PORT ?? 0;
  const nodeEnv = parsed.NODE_ENV ?? 'development';
  const production = nodeEnv === 'production';
  const emulator = (parsed.EMULATOR ?? (production ? 'off' : 'on')) === 'on';

  const mailboxPort = parsed.MAILBOX_PORT ?? (emulatorPort === 0 || emulatorPort > 65_000 ? 0 : emulatorPort + 300);
  const mailboxSmtpPort =
    parsed.MAILBOX_SMTP_PORT ?? (mailboxPort === 0 || mailboxPort > 65_000 ? 0 : mailboxPort + 100);
  const demoAllowed = !production && isLoopback(host);
  const mailbox = (parsed.MAILBOX ?? (demoAllowed && parsed.SMTP_URL === undefined ? 'on' : 'off')) === 'on';

  const near = reachable(host);
  const publicUrl = parsed.PUBLIC_URL ?? `http://${near}:${port}`;
  const beside = (otherPort: number) => `${new URL(publicUrl).protocol}//${new URL(publicUrl).hostname}:${otherPort}`;
  const emulatorUrl = emulator ? `http://${near}:${emulatorPort}` : null;

  return {
    host,
    port,
    hotPort,
    emulatorPort,
    mailboxPort,
    mailboxSmtpPort,
    publicUrl,
    hotPublicUrl: parsed.HOT_PUBLIC_URL ?? parsed.CONVEX_URL ?? beside(hotPort),
    emulatorPublicUrl: parsed.EMULATOR_PUBLIC_URL ?? beside(emulatorPort),
    trustedProxies: parsed.TRUSTED_PROXIES ?? 0,
    dataDir: path.resolve(parsed.DATA_DIR ?? './data'),
    databaseUrl: parsed.DATABASE_URL ?? null,
    databasePoolSize: parsed.DATABASE_POOL_SIZE ?? 10,
    convexUrl: parsed.CONVEX_URL ?? `http://${near}:${hotPort}`,
    externalConvexUrl: parsed.CONVEX_URL ?? null,
    secretsKey: parsed.SECRETS_KEY ?? null,
    secretsKeyPrevious: parsed.SECRETS_KEY_PREVIOUS ?? null,
    redisUrl: parsed.REDIS_URL ?? null,
    smtpUrl: parsed.SMTP_URL ?? (mailbox ? `smtp://127.0.0.1:${mailboxSmtpPort}` : null),
    mailFrom: parsed.MAIL_FROM ?? `Patchline <no-reply@${new URL(publicUrl).hostname.replace(/[[\]]/g, '')}>`,
    mailbox,
    signUp: parsed.SIGN_UP === 'on',
    emulator,
    emulatorUrl,
    twilioApiUrl: parsed.TWILIO_API_URL ?? emulatorUrl,
    telnyxApiUrl: parsed.TELNYX_API_URL ?? emulatorUrl,
    logLevel: parsed.LOG_LEVEL ?? 'info',
    nodeEnv,
    production,
    demoAllowed,
    workerConcurrency: parsed.WORKER_CONCURRENCY ?? 10,
    issuer: parsed.PATCHLINE_ISSUER ?? 'https://patchline.local',
    supervised: parsed.PATCHLINE_SUPERVISED === '1',
  };
}

/** The address by which this machine reaches a server that listens on `host`, ready for a URL. */
export function reachable(host: string): string {
  if (host === '0.0.0.0' || host === '::') return '127.0.0.1';
  return isIP(host) === 6 ? `[${host}]` : host;
}
