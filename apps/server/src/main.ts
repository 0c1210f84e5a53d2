/**
 * The server's composition root: the only file that knows every part. Parts are made from the bottom up and closed from
 * the top down.
 */
import path from 'node:path';
import { v7 as uuidv7 } from 'uuid';
import { type AccountDeps, accountJobs, createOwnChangeRecord } from './accounts/index.ts';
import { createCarriers, createNumberAdmins, createNumberDirectory } from './carriers/index.ts';
import { createImportFiles, importJobs } from './contact-imports/index.ts';
import { ensureDemo } from './demo/index.ts';
import { registerHttpApi } from './http-api.ts';
import { createMediaLinks, createMediaStore } from './media/index.ts';
import {
  createSendSignals,
  MESSAGING_CRONTAB,
  type MessagingCore,
  messagingJobs,
  reconcileSoon,
  startSendDispatcher,
  takeOverAttempts,
} from './messaging/index.ts';
import { createPacer } from './pacing/index.ts';
import { startAuditLinker } from './platform/audit/linker.ts';
import { createApiKeyDoor } from './platform/auth/api-keys.ts';
import { createAuthenticate } from './platform/auth/authenticate.ts';
import { ensureHotTierKeys } from './platform/auth/hot-tier-keys.ts';
import { createHotTokens } from './platform/auth/hot-tokens.ts';
import { createMemberships } from './platform/auth/memberships.ts';
import { createSecondFactors } from './platform/auth/second-factors.ts';
import { createSessions } from './platform/auth/sessions.ts';
import { createSignIn } from './platform/auth/sign-in.ts';
import { openDoors } from './platform/database/doors.ts';
import { migrate } from './platform/database/migrate.ts';
import { type DatabaseRole, openPool, urlForRole } from './platform/database/pools.ts';
import { createReadiness, healthRoutes } from './platform/health.ts';
import { createHotGateway } from './platform/hot/hot-gateway.ts';
import { startHotPusher } from './platform/hot/pusher.ts';
import { createHttpServer } from './platform/http/server.ts';
import { serveDesk } from './platform/http/static-desk.ts';
import { startHeartbeat } from './platform/jobs/heartbeat.ts';
import { startJobRunner } from './platform/jobs/runner.ts';
import { closeInOrder, whenAskedToEnd } from './platform/lifecycle.ts';
import { createLogger } from './platform/logging.ts';
import { createMailer } from './platform/mail/queue-mail.ts';
import { MAIL_CRONTAB, mailJobs } from './platform/mail/send-mail.ts';
import { createMetrics } from './platform/metrics.ts';
import { loadSecrets } from './platform/secrets/secrets.ts';
import { loadSettings, SettingsError } from './platform/settings.ts';
import { createSetupToken, hasTenant } from './tenants/index.ts';

const DESK = path.resolve(import.meta.dirname, '../../web/dist');

try {
  await start();
} catch (error) {
  process.stderr.write(`${error instanceof SettingsError ? error.message : ((error as Error).stack ?? error)}\n`);
  process.exit(1);
}

async function start(): Promise<void> {
  const settings = loadSettings(process.env, process.argv.slice(2));
  const log = createLogger(settings.logLevel);
  const closing = closeInOrder(log);
  whenAskedToEnd(settings.supervised, () => closing.close().then((clean) => process.exit(clean ? 0 : 1)));
  if (settings.databaseUrl === null) {
    throw new Error(
      'The server needs a database. Start Patchline with npm start, which brings one, or set DATABASE_URL.',
    );
  }

  const { databaseUrl } = settings;
  const secrets = await loadSecrets(settings);
  await migrate(databaseUrl, secrets.databasePassword);

  const metrics = createMetrics();
  const roleUrl = (role: DatabaseRole) => urlForRole(databaseUrl, role, secrets.databasePassword(role));
  const open = (role: DatabaseRole) => {
    const pool = openPool(roleUrl(role), role, settings.databasePoolSize);
    metrics.watchPool(role, pool);
    closing.add(`pool ${role}`, () => pool.end());
    return pool;
  };
  const database = openDoors({ app: open('patchline_app'), platform: open('patchline_platform') });

  const processId = uuidv7();
  const hotTokens = await createHotTokens({
    keys: await ensureHotTierKeys(path.join(settings.dataDir, 'secrets')),
    issuer: settings.issuer,
  });
  const hot = createHotGateway(settings.convexUrl, hotTokens.serviceToken);
  const pusher = startHotPusher({ database, hot, processId, log });
  closing.add('hot pusher', () => pusher.stop());
  const linker = startAuditLinker(database, log);
  closing.add('audit linker', () => linker.stop());

  const core: MessagingCore = {
    database,
    directory: createNumberDirectory(database, secrets.sealer),
    carriers: createCarriers(settings),
    hot,
    pusher,
    linker,
    sends: createSendSignals(),
    media: createMediaStore(path.join(settings.dataDir, 'media')),
    mediaLinks: createMediaLinks(secrets.mediaSecret),
    processId,
    publicUrl: settings.publicUrl,
    log,
  };

  const memberships = createMemberships(database);
  const authPool = open('patchline_auth');
  const sessions = createSessions(authPool, log);
  const secondFactors = createSecondFactors(authPool);
  const signIn = createSignIn({
    pool: authPool,
    secret: secrets.cookieSecret,
    publicUrl: settings.publicUrl,
    log,
    tenantOf: memberships.firstTenantOf,
  });
  const apiKeys = createApiKeyDoor(database, log);
  const setupToken = createSetupToken(settings.dataDir);

  const demo = await ensureDemo({ settings, signIn, sealer: secrets.sealer, core });
  if (demo === null && !(await database.withPlatform(hasTenant))) {
    // On the terminal and nowhere else: a log line would keep it.
    process.stdout.write(
      `Patchline has no owner yet. Open ${settings.publicUrl}/setup and enter this token: ${await setupToken.renew()}\n`,
    );
  }

  const imports = { ...core, signIn, files: createImportFiles(path.join(settings.dataDir, 'imports')) };

  const accounts: AccountDeps = {
    database,
    signIn,
    sessions,
    secondFactors,
    mailer: createMailer(secrets.sealer, settings.smtpUrl !== null),
    sealer: secrets.sealer,
    allowLoopbackIssuer: settings.demoAllowed,
    linker,
    publicUrl: settings.publicUrl,
    log,
  };

  // The runner takes jobs as soon as it is there: the heartbeat that names it comes first.
  const lockNames = new Set<string>();
  const heartbeat = await startHeartbeat({
    database,
    url: roleUrl('patchline_platform'),
    processId,
    lockNames: () => [...lockNames],
    onDead: (deadProcess) => takeOverAttempts(core, deadProcess),
    log,
  });
  closing.add('heartbeat', () => heartbeat.stop());
  const jobs = await startJobRunner({
    pool: open('patchline_jobs'),
    tasks: {
      ...messagingJobs(core),
      ...importJobs(imports),
      ...accountJobs(accounts),
      ...mailJobs({ ...accounts, ...settings }),
    },
    concurrency: settings.workerConcurrency,
    crontab: `${MESSAGING_CRONTAB}\n${MAIL_CRONTAB}`,
    log,
    onLockName: (name) => {
      lockNames.add(name);
      heartbeat.beat().catch((err: unknown) => log.warn({ err }, 'the heartbeat could not be written; trying again'));
    },
  });
  closing.add('jobs', () => jobs.stop());
  const pacer = createPacer(settings, log);
  closing.add('pacer', () => pacer.close());
  const dispatcher = startSendDispatcher({
    core,
    pacer,
    emulated: (carrier) =>
      settings.emulator &&
      settings.emulatorUrl === (carrier === 'twilio' ? settings.twilioApiUrl : settings.telnyxApiUrl),
  });
  closing.add('dispatcher', () => dispatcher.stop());
  await database.withPlatform(reconcileSoon);
  const authenticate = createAuthenticate({ signIn, sessions, memberships, apiKeys });
  const app = await createHttpServer({
    settings,
    log,
    authenticate,
    metrics,
  });
  closing.add('http', () => app.close());
  const readiness = createReadiness({
    pingDatabase: () => database.withPlatform((tx) => tx.query('select 1')),
    convexUrl: settings.convexUrl,
    jobsServing: jobs.serving,
  });
  await app.register(healthRoutes(readiness, metrics));
  await registerHttpApi(app, {
    auth: { signIn, hotTokens, publicUrl: settings.publicUrl, authenticate, record: createOwnChangeRecord(accounts) },
    tenants: {
      ...accounts,
      hot,
      signIn,
      memberships,
      apiKeys,
      linker,
      setupToken,
      settings,
      isDemo: () => demo !== null,
    },
    numbers: { ...core, sealer: secrets.sealer, numberAdmins: createNumberAdmins(settings) },
    messaging: core,
    media: core,
    audit: { database, signIn },
    contacts: { ...core, signIn },
    imports,
    accounts,
  });
  await serveDesk(app, DESK);
  await app.listen({ host: settings.host, port: settings.port });
  log.info({ host: settings.host, port: settings.port }, 'listening');
}
