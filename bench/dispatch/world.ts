import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import pg from 'pg';
import type { CarrierAccount } from '../../apps/server/src/carriers/index.ts';
import { createCarriers, createNumberDirectory, credentialContext } from '../../apps/server/src/carriers/index.ts';
import { createMediaLinks, createMediaStore } from '../../apps/server/src/media/index.ts';
import { createSendSignals, type MessagingCore } from '../../apps/server/src/messaging/index.ts';
import { type AuditLinker, startAuditLinker } from '../../apps/server/src/platform/audit/linker.ts';
import { type Database, openDoors } from '../../apps/server/src/platform/database/doors.ts';
import { migrate } from '../../apps/server/src/platform/database/migrate.ts';
import { type DatabaseRole, openPool, urlForRole } from '../../apps/server/src/platform/database/pools.ts';
import { createLogger } from '../../apps/server/src/platform/logging.ts';
import { startPostgres } from '../../apps/server/src/platform/postgres-server.ts';
import { createSealer } from '../../apps/server/src/platform/secrets/seal.ts';
import type { EmulatorProcess } from './carrier.ts';

/** As many connections as a server opens unless told otherwise. */
const POOL_SIZE = 10;

/** Messaging as a server has it, on a durable PostgreSQL of its own; the hot tier is left out. */
export interface DispatchWorld {
  core: MessagingCore;
  linker: AuditLinker;
  account: CarrierAccount;
  number: string;
  /** Transactions committed through the doors since the start. */
  commits(): number;
  /** The pool behind the tenant door. */
  pool: pg.Pool;
  /** One statement as the tenant. */
  query<Row extends pg.QueryResultRow>(text: string, values?: unknown[]): Promise<Row[]>;
  stop(): Promise<void>;
}

export async function startDispatchWorld(emulator: EmulatorProcess): Promise<DispatchWorld> {
  const dataDir = await mkdtemp(path.join(tmpdir(), 'patchline-bench-'));
  const postgres = await startPostgres({ dataDir, log: () => undefined });
  const owner = postgres.url();
  const password = () => 'bench';
  await migrate(owner, password);
  await makeTableOfBareLoop(owner);
  const open = (role: DatabaseRole) => openPool(urlForRole(owner, role, password()), role, POOL_SIZE);
  const pools = { app: open('patchline_app'), platform: open('patchline_platform') };
  const doors = openDoors(pools);
  let commits = 0;
  const counted = async <T>(work: Promise<T>): Promise<T> => {
    const result = await work;
    commits++;
    return result;
  };
  const database: Database = {
    withTenant: (tenantId, work) => counted(doors.withTenant(tenantId, work)),
    withPlatform: (work) => counted(doors.withPlatform(work)),
  };

  const log = createLogger('warn');
  const sealer = createSealer(randomBytes(32));
  const tenantId = randomUUID();
  const account: CarrierAccount = {
    tenantId,
    id: randomUUID(),
    carrier: 'twilio',
    accountRef: `AC${createHash('md5').update(tenantId).digest('hex')}`,
    authTokens: [randomBytes(16).toString('hex')],
    webhookKeys: [],
  };
  const number = '+17205550110';
  await doors.withPlatform((tx) => tx.query("insert into tenants (tenant_id, name) values ($1, 'Bench')", [tenantId]));
  const query = <Row extends pg.QueryResultRow>(text: string, values?: unknown[]) =>
    doors.withTenant(tenantId, (tx) => tx.query<Row>(text, values));
  await query(
    `insert into carrier_accounts (tenant_id, id, carrier, account_ref, auth_token_sealed)
     values ($1, $2, 'twilio', $3, $4)`,
    [
      tenantId,
      account.id,
      account.accountRef,
      sealer.seal(account.authTokens[0] ?? '', credentialContext(tenantId, account.id)),
    ],
  );
  await query(
    "insert into numbers (tenant_id, id, e164, carrier_account_id, name) values ($1, $2, $3, $4, 'Main line')",
    [tenantId, randomUUID(), number, account.id],
  );
  const linker = startAuditLinker(database, log);
  return {
    account,
    number,
    linker,
    pool: pools.app,
    query,
    commits: () => commits,
    core: {
      database,
      directory: createNumberDirectory(database, sealer),
      carriers: createCarriers({ twilioApiUrl: emulator.url, telnyxApiUrl: null }),
      hot: new Proxy({} as MessagingCore['hot'], {
        get: (_, name) => {
          throw new Error(`The bench has no hot tier, and somebody asks it for ${String(name)}`);
        },
      }),
      pusher: { push: () => undefined },
      linker,
      sends: createSendSignals(),
      media: createMediaStore(path.join(dataDir, 'media')),
      mediaLinks: createMediaLinks('bench'),
      processId: randomUUID(),
      publicUrl: 'http://127.0.0.1:9',
      log,
    },
    async stop() {
      await linker.stop();
      await Promise.all([pools.app.end(), pools.platform.end()]);
      await postgres.stop('immediate');
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

async function makeTableOfBareLoop(owner: string): Promise<void> {
  const client = new pg.Client({ connectionString: owner });
  await client.connect();
  await client.query(
    'create table patchline.bare_sends (id bigint generated always as identity primary key, sid text)',
  );
  await client.query('grant insert on patchline.bare_sends to patchline_app');
  await client.end();
}
