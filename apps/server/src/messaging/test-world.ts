import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Role } from '@patchline/contracts/roles';
import { createEmulator, type Emulator } from 'carrier-emulator';
import { ConvexHttpClient } from 'convex/browser';
import { makeFunctionReference } from 'convex/server';
import type { Value } from 'convex/values';
import { type RunningServer, startServer } from 'convex-embedded';
import Fastify from 'fastify';
import { pino } from 'pino';
import { v7 as uuidv7 } from 'uuid';
import { createCarriers, createNumberDirectory, credentialContext } from '../carriers/index.ts';
import { createMediaLinks, createMediaStore, publicMedia } from '../media/index.ts';
import { createPacer } from '../pacing/index.ts';
import { type AuditLinker, startAuditLinker } from '../platform/audit/linker.ts';
import { ensureHotTierKeys, jwksDataUrl } from '../platform/auth/hot-tier-keys.ts';
import { createHotTokens, type HotTokens } from '../platform/auth/hot-tokens.ts';
import { createTestDatabase, type TestDatabase } from '../platform/database/test-database.ts';
import { createHotGateway } from '../platform/hot/hot-gateway.ts';
import { type HotPusher, startHotPusher } from '../platform/hot/pusher.ts';
import { handleError } from '../platform/http/error-handler.ts';
import { startJobRunner } from '../platform/jobs/runner.ts';
import { createSealer } from '../platform/secrets/seal.ts';
import type { MessagingCore } from './core.ts';
import { startSendDispatcher } from './dispatcher.ts';
import { messagingJobs } from './jobs.ts';
import { createSendSignals } from './send-signals.ts';
import { messagingWebhooks } from './webhooks.ts';

/** A server's messaging on a real PostgreSQL and the carrier emulator, with what is fed to the hot tier written down. */
export interface TestWorld {
  db: TestDatabase;
  core: MessagingCore;
  emulator: Emulator;
  linker: AuditLinker;
  tenantId: string;
  number: string;
  accountSid: string;
  authToken: string;
  accountId: string;
  tokens: HotTokens;
  hotTier: RunningServer;
  pusher: HotPusher;
  /** What an agent's screen asks the hot tier, answered once everything committed was pushed. */
  asAgent<Answer>(
    agent: { userId: string; name: string; role?: Role; teams?: string[] },
    call: HotCall,
  ): Promise<Answer>;
  /** Texts from a handset; resolves once the webhook was answered. */
  text(from: string, body: string): Promise<string>;
  /** What a handset has seen, oldest first. */
  handset(e164: string): Promise<Array<{ direction: string; body: string; status: string }>>;
  faults(faults: Record<string, unknown>, seed?: number): Promise<void>;
  /** Runs jobs that are due, and sends texts whose turn has come, until none is left. */
  runJobs(): Promise<void>;
  /** Repeats `look` until it gives something. */
  until<T>(what: string, look: () => Promise<T | null | undefined | false>): Promise<T>;
  close(): Promise<void>;
}

export async function createTestWorld(): Promise<TestWorld> {
  const db = await createTestDatabase();
  const log = pino({ level: 'silent' });
  const sealer = createSealer(randomBytes(32));
  const tenantId = uuidv7();
  const accountId = uuidv7();
  const number = '+17205550110';
  const accountSid = `AC${createHash('md5').update(tenantId).digest('hex')}`;
  const authToken = randomBytes(16).toString('hex');
  await seedTenant(db, {
    tenantId,
    accountId,
    number,
    accountSid,
    sealed: sealer.seal(authToken, credentialContext(tenantId, accountId)),
  });

  const emulator = await createEmulator({ timing: { stepMs: 5, retryMs: 20 } });
  const server = Fastify();
  server.setErrorHandler(handleError);
  const linker = startAuditLinker(db, log);
  const { hotTier, hot, tokens } = await startHotTier();
  const processId = uuidv7();
  const files = await mkdtemp(path.join(tmpdir(), 'patchline-media-'));
  const pusher = startHotPusher({ database: db, hot, processId, log });
  const core: MessagingCore = {
    database: db,
    directory: createNumberDirectory(db, sealer),
    carriers: createCarriers({ twilioApiUrl: emulator.url, telnyxApiUrl: emulator.url }),
    hot,
    pusher,
    linker,
    sends: createSendSignals(),
    media: createMediaStore(files),
    mediaLinks: createMediaLinks('test'),
    processId,
    // Known once the server listens; nothing reads it before.
    publicUrl: '',
    log,
  };
  messagingWebhooks(server, core);
  publicMedia(server, core);
  const publicUrl = await server.listen({ host: '127.0.0.1', port: 0 });
  core.publicUrl = publicUrl;

  const api = (path: string, method: string, body?: unknown) =>
    fetch(`${emulator.url}/emulator/api${path}`, {
      method,
      ...(body === undefined ? {} : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
    });
  await api(`/accounts/${accountSid}`, 'PUT', {
    carrier: 'twilio',
    authToken,
    numbers: [{ e164: number, smsUrl: `${publicUrl}/webhooks/twilio/messages#rc=5&rp=ct,rt,5xx`, smsMethod: 'POST' }],
  });

  const world: TestWorld = {
    db,
    core,
    emulator,
    linker,
    tenantId,
    number,
    accountSid,
    authToken,
    accountId,
    tokens,
    hotTier,
    pusher,
    async asAgent(agent, call) {
      await pusher.settled();
      const client = new ConvexHttpClient(hotTier.url, { logger: false, skipConvexDeploymentUrlCheck: true });
      const person = {
        kind: 'person' as const,
        sessionId: 's',
        email: '',
        tenantId,
        role: 'agent' as const,
        teams: [],
        where: null,
        ...agent,
      };
      client.setAuth((await tokens.personToken(person)).token);
      const args = call.args as Record<string, Value>;
      return (
        call.kind === 'query'
          ? await client.query(makeFunctionReference<'query'>(call.name), args)
          : await client.mutation(makeFunctionReference<'mutation'>(call.name), args)
      ) as never;
    },
    async text(from, body) {
      const answer = await api(`/handsets/${encodeURIComponent(from)}/messages`, 'POST', { to: number, body });
      if (!answer.ok) throw new Error(`The handset could not text: ${answer.status} ${await answer.text()}`);
      const { sid } = (await answer.json()) as { sid: string };
      await world.until('the text is stored', async () => {
        const rows = await db.peek('select 1 from messages where carrier_message_id = $1', [sid]);
        return rows.length > 0;
      });
      return sid;
    },
    async handset(e164) {
      const answer = await api(`/handsets/${encodeURIComponent(e164)}/messages`, 'GET');
      return ((await answer.json()) as { messages: Array<{ direction: string; body: string; status: string }> })
        .messages;
    },
    async faults(faults, seed = 1) {
      if (Object.keys(faults).length === 0) {
        await api('/faults', 'DELETE');
        return;
      }
      // Replaces those before at once: in a moment without any, what was held back would get through.
      const answer = await api('/faults', 'POST', { accountSid, seed, faults });
      if (!answer.ok) throw new Error(`The emulator did not take the faults: ${await answer.text()}`);
    },
    async runJobs() {
      for (;;) {
        const due = await db.peek<{ id: string }>(
          'select id::text from graphile_worker.jobs where run_at <= now() and attempts < max_attempts',
        );
        const dispatcher = startSendDispatcher({
          core,
          pacer: createPacer({ redisUrl: null }, log),
          emulated: () => true,
        });
        await dispatcher.settled();
        await dispatcher.stop();
        if (due.length === 0) return;
        const runner = await startJobRunner({ pool: db.pools.jobs, tasks: messagingJobs(core), concurrency: 5, log });
        await world.until('due jobs ended', async () => {
          const left = await db.peek(
            'select 1 from graphile_worker.jobs where run_at <= now() and attempts < max_attempts',
          );
          return left.length === 0;
        });
        await runner.stop();
      }
    },
    async until(what, look) {
      const deadline = Date.now() + 15_000;
      for (;;) {
        const seen = await look();
        if (seen) return seen;
        if (Date.now() > deadline) throw new Error(`Waited in vain: ${what}`);
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
    },
    async close() {
      await emulator.close();
      await server.close();
      await pusher.stop();
      await hotTier.close();
      await linker.stop();
      await db.drop();
      await rm(files, { recursive: true });
    },
  };
  return world;
}

export interface HotCall {
  kind: 'query' | 'mutation';
  name: string;
  args: Record<string, unknown>;
}

const ISSUER = 'https://patchline.test';

/** The real hot tier, in memory, with keys of its own. */
async function startHotTier() {
  const secrets = await mkdtemp(path.join(tmpdir(), 'patchline-keys-'));
  const keys = await ensureHotTierKeys(secrets);
  await rm(secrets, { recursive: true });
  const tokens = await createHotTokens({ keys, issuer: ISSUER });
  const hotTier = await startServer({
    dir: path.join(import.meta.dirname, '../../../../convex'),
    dataDir: null,
    env: { PATCHLINE_ISSUER: ISSUER, PATCHLINE_JWKS: jwksDataUrl(keys) },
  });
  return { hotTier, tokens, hot: createHotGateway(hotTier.url, tokens.serviceToken) };
}

async function seedTenant(
  db: TestDatabase,
  seed: { tenantId: string; accountId: string; number: string; accountSid: string; sealed: Buffer },
): Promise<void> {
  await db.withPlatform((tx) =>
    tx.query("insert into tenants (tenant_id, name, time_zone) values ($1, 'Quillmere', 'America/Denver')", [
      seed.tenantId,
    ]),
  );
  await db.withTenant(seed.tenantId, async (tx) => {
    await tx.query(
      "insert into carrier_accounts (tenant_id, id, carrier, account_ref, auth_token_sealed) values ($1, $2, 'twilio', $3, $4)",
      [seed.tenantId, seed.accountId, seed.accountSid, seed.sealed],
    );
    await tx.query(
      "insert into numbers (tenant_id, id, e164, carrier_account_id, name) values ($1, $2, $3, $4, 'Main line')",
      [seed.tenantId, uuidv7(), seed.number, seed.accountId],
    );
  });
}
