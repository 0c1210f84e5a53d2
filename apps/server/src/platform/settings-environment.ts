import type { Environment, Settings } from './settings.ts';
import { SETTING_NAMES, type SettingName } from './settings-table.ts';

/** The environment from which `loadSettings` makes the same settings again: how the supervisor hands them to its children. */
export function settingsToEnvironment(settings: Settings): Record<SettingName, string> {
  return {
    HOST: settings.host,
    PORT: String(settings.port),
    HOT_PORT: String(settings.hotPort),
    EMULATOR_PORT: String(settings.emulatorPort),
    MAILBOX_PORT: String(settings.mailboxPort),
    MAILBOX_SMTP_PORT: String(settings.mailboxSmtpPort),
    PUBLIC_URL: settings.publicUrl,
    HOT_PUBLIC_URL: settings.hotPublicUrl,
    EMULATOR_PUBLIC_URL: settings.emulatorPublicUrl,
    TRUSTED_PROXIES: String(settings.trustedProxies),
    DATA_DIR: settings.dataDir,
    DATABASE_URL: settings.databaseUrl ?? '',
    DATABASE_POOL_SIZE: String(settings.databasePoolSize),
    CONVEX_URL: settings.externalConvexUrl ?? '',
    SECRETS_KEY: settings.secretsKey?.toString('base64') ?? '',
    SECRETS_KEY_PREVIOUS: settings.secretsKeyPrevious?.toString('base64') ?? '',
    REDIS_URL: settings.redisUrl ?? '',
    SMTP_URL: settings.smtpUrl ?? '',
    MAIL_FROM: settings.mailFrom,
    MAILBOX: settings.mailbox ? 'on' : 'off',
    EMULATOR: settings.emulator ? 'on' : 'off',
    TWILIO_API_URL: settings.twilioApiUrl ?? '',
    TELNYX_API_URL: settings.telnyxApiUrl ?? '',
    SIGN_UP: settings.signUp ? 'on' : 'off',
    LOG_LEVEL: settings.logLevel,
    NODE_ENV: settings.nodeEnv,
    WORKER_CONCURRENCY: String(settings.workerConcurrency),
    PATCHLINE_ISSUER: settings.issuer,
    PATCHLINE_SUPERVISED: settings.supervised ? '1' : '0',
  };
}

/** The environment without our settings: what a child inherits besides those it is given. */
export function foreignEnvironment(env: Environment): Record<string, string> {
  const ours = new Set<string>(SETTING_NAMES);
  const entries = Object.entries(env).filter(
    (entry): entry is [string, string] =>
      entry[1] !== undefined && !ours.has(entry[0]) && !entry[0].startsWith('PATCHLINE_'),
  );
  return Object.fromEntries(entries);
}
