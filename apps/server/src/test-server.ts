import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Role } from '@patchline/contracts/roles';
import type { FastifyInstance } from 'fastify';
import { v7 as uuidv7 } from 'uuid';
import { type AccountDeps, createOwnChangeRecord } from './accounts/index.ts';
import { createCarriers, createNumberAdmins, createNumberDirectory } from './carriers/index.ts';
import { createImportFiles, type ImportDeps } from './contact-imports/index.ts';
import { registerHttpApi } from './http-api.ts';
import { createMediaLinks, createMediaStore } from './media/index.ts';
import { createSendSignals, type MessagingCore } from './messaging/index.ts';
import { addTwilioNumbers } from './numbers/index.ts';
import { createApiKeyDoor, generateApiKey } from './platform/auth/api-keys.ts';
import { createAuthenticate } from './platform/auth/authenticate.ts';
import { ensureHotTierKeys } from './platform/auth/hot-tier-keys.ts';
import { createHotTokens } from './platform/auth/hot-tokens.ts';
import { createMemberships } from './platform/auth/memberships.ts';
import { createSecondFactors } from './platform/auth/second-factors.ts';
import { createSessions } from './platform/auth/sessions.ts';
import { createSignIn, type SignIn } from './platform/auth/sign-in.ts';
import { createTestDatabase, type TestDatabase } from './platform/database/test-database.ts';
import type { HotGateway } from './platform/hot/hot-gateway.ts';
import { createHttpServer } from './platform/http/server.ts';
import { createLogger } from './platform/logging.ts';
import { createMailer } from './platform/mail/queue-mail.ts';
import { createMetrics } from './platform/metrics.ts';
import { createSealer } from './platform/secrets/seal.ts';
import {
  addMember,
  createSetupToken,
  createTenant,
  insertApiKey,
  ownInstallation,
  type SetupToken,
} from './tenants/index.ts';

/**
 * The whole HTTP API on a real PostgreSQL, asked by `inject`. The hot tier is one that takes everything and the carrier
 * is never called: what those do has tests of its own.
 */
export interface TestServer {
  app: FastifyInstance;
  db: TestDatabase;
  signIn: SignIn;
  setupToken: SetupToken;
  core: MessagingCore;
  accounts: AccountDeps;
  imports: ImportDeps;
  /** Everything that was logged, one JSON line each. */
  logged: string[];
  /** Moves the clock of the limits. */
  advance(ms: number): void;
  /** Makes a tenant with one person of each role and one number. */
  addTenant(name?: string): Promise<TestTenant>;
  /** Lets a person make tenants. */
  ownInstallation(userId: string): Promise<void>;
  /** Signs in and returns the Cookie header. */
  cookieOf(email: string, password?: string): Promise<string>;
  close(): Promise<void>;
}

export interface TestTenant {
  id: string;
  /** E.164. */
  number: string;
  users: Record<Role, { id: string; email: string; name: string }>;
  /** An API key with the role admin. */
  apiKey: string;
}

export const TEST_PASSWORD = 'maple-otter-lantern-42';
export const TEST_ORIGIN = 'http://desk.test';

/** `scrypt`: hash passwords as in production, at half a second each. */
export async function createTestServer(
  options: {
    scrypt?: boolean;
    twilioApiUrl?: string;
    telnyxApiUrl?: string;
    publicUrl?: string;
    signUp?: boolean;
  } = {},
): Promise<TestServer> {
  const origin = options.publicUrl ?? TEST_ORIGIN;
  const twilioApiUrl = options.twilioApiUrl ?? 'http://127.0.0.1:9';
  const telnyxApiUrl = options.telnyxApiUrl ?? 'http://127.0.0.1:9';
  const db = await createTestDatabase();
  const folder = await mkdtemp(path.join(tmpdir(), 'patchline-server-'));
  const logged: string[] = [];
  const log = createLogger('debug', { write: (line) => logged.push(line) });
  const sealer = createSealer(randomBytes(32));
  const metrics = createMetrics();
  let clock = Date.now();

  const memberships = createMemberships(db);
  const signIn = createSignIn({
    pool: db.pools.auth,
    secret: randomBytes(32).toString('base64'),
    publicUrl: origin,
    log,
    tenantOf: memberships.firstTenantOf,
    ...(options.scrypt ? {} : { hashing: quickHashing }),
  });
  const apiKeys = createApiKeyDoor(db, log);
  const setupToken = createSetupToken(folder);
  const keys = await ensureHotTierKeys(path.join(folder, 'secrets'));
  const hotTokens = await createHotTokens({ keys, issuer: 'https://patchline.test' });
  const linker = { signal: () => undefined };
  const core: MessagingCore = {
    database: db,
    directory: createNumberDirectory(db, sealer),
    carriers: createCarriers({ twilioApiUrl, telnyxApiUrl }),
    hot: takesEverything,
    pusher: { push: () => undefined },
    linker,
    sends: createSendSignals(),
    media: createMediaStore(path.join(folder, 'media')),
    mediaLinks: createMediaLinks('test'),
    processId: uuidv7(),
    publicUrl: origin,
    log,
  };
  const imports: ImportDeps = { ...core, signIn, files: createImportFiles(path.join(folder, 'imports')) };
  const sessions = createSessions(db.pools.auth, log);
  const accounts = {
    database: db,
    signIn,
    sessions,
    secondFactors: createSecondFactors(db.pools.auth),
    mailer: createMailer(sealer, true),
    sealer,
    allowLoopbackIssuer: true,
    linker,
    publicUrl: origin,
    log,
    now: () => clock,
  };
  const authenticate = createAuthenticate({ signIn, sessions, memberships, apiKeys });
  const app = await createHttpServer({
    settings: { publicUrl: origin, hotPublicUrl: 'http://hot.test', trustedProxies: 0 },
    log,
    authenticate,
    metrics,
  });
  await registerHttpApi(app, {
    auth: {
      ...{ signIn, hotTokens, publicUrl: origin, authenticate, now: () => clock },
      record: createOwnChangeRecord(accounts),
    },
    tenants: {
      ...accounts,
      hot: core.hot,
      memberships,
      apiKeys,
      linker,
      setupToken,
      settings: {
        hotPublicUrl: 'http://hot.test',
        emulatorPublicUrl: 'http://emulator.test',
        emulator: true,
        signUp: options.signUp ?? false,
      },
      isDemo: () => false,
    },
    numbers: {
      ...core,
      sealer,
      numberAdmins: createNumberAdmins({ twilioApiUrl, telnyxApiUrl }),
    },
    messaging: core,
    media: core,
    audit: { database: db, signIn },
    contacts: { ...core, signIn },
    imports,
    accounts,
  });
  await app.ready();

  let tenants = 0;
  return {
    app,
    db,
    signIn,
    setupToken,
    core,
    accounts,
    imports,
    logged,
    advance: (ms) => {
      clock += ms;
    },
    async addTenant(name = 'Quillmere Heating') {
      const id = uuidv7();
      const number = `+1720555${String(100 + tenants++).padStart(4, '0')}`;
      const people = await Promise.all(
        (['owner', 'admin', 'supervisor', 'agent'] as const).map(async (role) => {
          const person = { email: `${role}-${id}@quillmere.example`, name: `The ${role}` };
          return { role, ...person, ...(await signIn.createUser({ ...person, password: TEST_PASSWORD })) };
        }),
      );
      const users = Object.fromEntries(people.map((person) => [person.role, person])) as unknown as TestTenant['users'];
      await db.withPlatform((tx) =>
        createTenant(tx, { id, name, timeZone: 'America/Denver', ownerId: users.owner.id }),
      );
      const key = generateApiKey();
      await db.withTenant(id, async (tx) => {
        for (const { id: userId, role } of people) await addMember(tx, userId, role);
        await insertApiKey(tx, key, {
          id: uuidv7(),
          name: 'Tests',
          role: 'admin',
          scopes: null,
          createdBy: users.owner.id,
        });
        await addTwilioNumbers(tx, sealer, {
          id: uuidv7(),
          accountSid: `AC${randomBytes(16).toString('hex')}`,
          authToken: randomBytes(16).toString('hex'),
          numbers: [{ id: uuidv7(), e164: number, name: 'Main line' }],
        });
      });
      return { id, number, users, apiKey: key.key };
    },
    ownInstallation: (userId) => db.withPlatform((tx) => ownInstallation(tx, userId)),
    async cookieOf(email, password = TEST_PASSWORD) {
      const answer = await app.inject({
        method: 'POST',
        url: '/api/auth/sign-in/email',
        payload: { email, password },
      });
      const cookie = answer.cookies.find(({ name }) => name === 'patchline.session_token');
      if (cookie === undefined) throw new Error(`Signing in answered ${answer.statusCode} ${answer.body}`);
      return `${cookie.name}=${encodeURIComponent(cookie.value)}`;
    },
    async close() {
      await app.close();
      await db.drop();
      await rm(folder, { recursive: true });
    },
  };
}

const quickHashing = {
  hash: async (password: string) => `quick:${createHash('sha256').update(password).digest('hex')}`,
  verify: async ({ hash, password }: { hash: string; password: string }) =>
    hash === (await quickHashing.hash(password)),
};

const takesEverything: HotGateway = {
  applyFeed: async () => undefined,
  hydrate: async () => undefined,
  claimSend: async () => undefined,
  missingThreads: async () => [],
  dropLocks: async () => undefined,
  currentLock: async () => ({ holder: null, token: 0, expiresAt: null }),
  transferLock: async () => ({ ok: true, expiresAt: Date.now() + 30_000 }),
  releaseLock: async () => undefined,
};
