import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { symmetricDecrypt, symmetricEncrypt } from 'better-auth/crypto';
import { v7 as uuidv7 } from 'uuid';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { credentialContext } from '../carriers/index.ts';
import { createTestDatabase, type TestDatabase } from '../platform/database/test-database.ts';
import type { Sealer } from '../platform/secrets/seal.ts';
import { loadSecrets } from '../platform/secrets/secrets.ts';
import { addTwilioNumbers } from './own-numbers.ts';
import { createNumbersRig } from './test-rig.ts';

const ACCOUNTS = 8;

let db: TestDatabase;
let dataDir: string;
let tenantId: string;
let tokens: Map<string, string>;
beforeEach(async () => {
  db = await createTestDatabase();
  dataDir = await mkdtemp(path.join(tmpdir(), 'patchline-rotate-'));
});
afterEach(async () => {
  await db.drop();
  await rm(dataDir, { recursive: true });
});

const command = (name: string, env: Record<string, string> = {}, words: string[] = []) =>
  spawn(process.execPath, [path.join(import.meta.dirname, name), ...words], {
    env: { PATH: process.env.PATH, DATABASE_URL: db.url, DATA_DIR: dataDir, EMULATOR: 'off', ...env },
  });
const run = async (child: ReturnType<typeof command>, input = '') => {
  child.stdin.end(input);
  const [said, refused] = await Promise.all([text(child.stdout), text(child.stderr)]);
  return { code: child.exitCode ?? (await once(child, 'exit'))[0], said, refused };
};
const seed = async (sealer: Sealer) => {
  tenantId = uuidv7();
  tokens = new Map();
  await db.withPlatform((tx) => tx.query("insert into tenants (tenant_id, name) values ($1, 'Quillmere')", [tenantId]));
  await db.withTenant(tenantId, async (tx) => {
    for (let count = 0; count < ACCOUNTS; count++) {
      const id = uuidv7();
      const authToken = randomBytes(16).toString('hex');
      tokens.set(id, authToken);
      const accountSid = `AC${randomBytes(16).toString('hex')}`;
      await addTwilioNumbers(tx, sealer, { id, accountSid, authToken, numbers: [] });
    }
    // One is being rotated: both of its tokens count.
    await tx.query('update carrier_accounts set previous_auth_token_sealed = auth_token_sealed where id = $1', [
      [...tokens.keys()][0],
    ]);
  });
};
/** How many accounts each key opens; every token must be the one that was stored. */
const opened = async (sealer: Sealer) => {
  const rows = await db.peek<{ id: string; auth_token_sealed: Buffer; previous_auth_token_sealed: Buffer | null }>(
    'select id, auth_token_sealed, previous_auth_token_sealed from carrier_accounts',
  );
  let current = 0;
  for (const row of rows) {
    const context = credentialContext(tenantId, row.id);
    for (const sealed of [row.auth_token_sealed, row.previous_auth_token_sealed].filter((value) => value !== null)) {
      expect(sealer.open(sealed, context)).toBe(tokens.get(row.id));
    }
    if (sealer.isCurrent(row.auth_token_sealed, context)) current++;
  }
  return current;
};

test('secrets:rotate that is killed in the middle loses no credential, and the next run finishes', async () => {
  const settings = { secretsKey: null, dataDir };
  const before = (await loadSecrets(settings)).sealer;
  await seed(before);

  // Somebody else holds the fifth account, so the command waits there when it is killed.
  const [fifth] = (await db.peek<{ id: string }>('select id from carrier_accounts order by id')).slice(4);
  const { promise: holding, resolve: release } = Promise.withResolvers<void>();
  const holder = db.withTenant(tenantId, async (tx) => {
    await tx.query('select 1 from carrier_accounts where id = $1 for update', [fifth?.id]);
    await holding;
  });
  const child = command('rotate-secrets-cli.ts');
  for await (const line of child.stdout) if (String(line).includes('4 of 8')) break;
  child.kill('SIGKILL');
  await once(child, 'exit');
  release();
  await holder;

  const between = (await loadSecrets(settings)).sealer;
  expect(await opened(between)).toBe(4);
  const { code, said } = await run(command('rotate-secrets-cli.ts'));
  expect(said).toContain('4 accounts were sealed');
  expect(code).toBe(0);
  const after = (await loadSecrets(settings)).sealer;
  expect(await opened(after)).toBe(ACCOUNTS);
  expect(await readdir(path.join(dataDir, 'secrets'))).toEqual(['secrets-key']);
  await expect(opened(before)).rejects.toThrow();
});

test('secrets:rotate with keys of one’s own needs both, and says how', async () => {
  const [old, fresh] = [randomBytes(32), randomBytes(32)];
  await seed((await loadSecrets({ secretsKey: old, dataDir })).sealer);
  const alone = await run(command('rotate-secrets-cli.ts', { SECRETS_KEY: fresh.toString('base64') }));
  expect(alone.refused).toMatch(/SECRETS_KEY_PREVIOUS/);
  expect(alone.code).toBe(1);
  const both = { SECRETS_KEY: fresh.toString('base64'), SECRETS_KEY_PREVIOUS: old.toString('base64') };
  expect((await run(command('rotate-secrets-cli.ts', both))).code).toBe(0);
  expect(await opened((await loadSecrets({ secretsKey: fresh, dataDir })).sealer)).toBe(ACCOUNTS);
});

test('secrets:rotate takes second factors, single sign-on and waiting letters to the new key', async () => {
  const keys = { secretsKey: randomBytes(32), secretsKeyPrevious: randomBytes(32), dataDir };
  const old = await loadSecrets({ ...keys, secretsKey: keys.secretsKeyPrevious, secretsKeyPrevious: null });
  const fresh = await loadSecrets({ ...keys, secretsKeyPrevious: null });
  await seed(old.sealer);
  const [userId, providerId, mailId] = [uuidv7(), uuidv7(), uuidv7()];
  const hidden = (data: string) => symmetricEncrypt({ key: old.cookieSecret, data });
  await db.pools.auth.query(`insert into users (id, name, email) values ($1, 'A', 'a@x.example')`, [userId]);
  await db.pools.auth.query('insert into two_factors (id, user_id, secret, backup_codes) values ($1, $1, $2, $3)', [
    ...[userId, await hidden('TOTP'), await hidden('["code"]')],
  ]);
  await db.withTenant(tenantId, (tx) =>
    tx.query(
      `insert into sso_providers (tenant_id, id, domain, issuer, client_id, client_secret_sealed)
       values ($1, $2, 'x.example', 'https://x.example', 'id', $3)`,
      [tenantId, providerId, old.sealer.seal('client secret', `sso:${tenantId}:${providerId}`)],
    ),
  );
  await db.withPlatform((tx) =>
    tx.query('insert into mails (id, sealed) values ($1, $2)', [mailId, old.sealer.seal('letter', `mail:${mailId}`)]),
  );

  const { code, refused } = await run(
    command('rotate-secrets-cli.ts', {
      SECRETS_KEY: keys.secretsKey.toString('base64'),
      SECRETS_KEY_PREVIOUS: keys.secretsKeyPrevious.toString('base64'),
    }),
  );
  expect(code, refused).toBe(0);
  const [factor] = await db.peek<{ secret: string; backup_codes: string }>('select * from two_factors');
  const shown = (data = '') => symmetricDecrypt({ key: fresh.cookieSecret, data });
  expect([await shown(factor?.secret), await shown(factor?.backup_codes)]).toEqual(['TOTP', '["code"]']);
  const [provider] = await db.peek<{ client_secret_sealed: Buffer }>('select * from sso_providers');
  const [mail] = await db.peek<{ sealed: Buffer }>('select sealed from mails');
  const open = (sealed: Buffer | undefined, context: string) => fresh.sealer.open(sealed ?? Buffer.alloc(0), context);
  expect(open(provider?.client_secret_sealed, `sso:${tenantId}:${providerId}`)).toBe('client secret');
  expect(open(mail?.sealed, `mail:${mailId}`)).toBe('letter');
});

test('secrets:rotate does not replace the key file of servers that run', async () => {
  await seed((await loadSecrets({ secretsKey: null, dataDir })).sealer);
  const processId = uuidv7();
  await db.withPlatform((tx) => tx.query('insert into worker_heartbeats (process_id) values ($1)', [processId]));
  const { promise: holding, resolve: release } = Promise.withResolvers<void>();
  const { promise: ready, resolve: locked } = Promise.withResolvers<void>();
  const server = db.withPlatform(async (tx) => {
    await tx.query('select pg_advisory_xact_lock(hashtextextended($1, 0))', [processId]);
    locked();
    await holding;
  });
  await ready;
  const { code, refused } = await run(command('rotate-secrets-cli.ts'));
  release();
  await server;
  expect(refused).toMatch(/Stop it first/);
  expect(code).toBe(1);
  expect(await readdir(path.join(dataDir, 'secrets'))).toEqual(['secrets-key']);
});

test('credentials:rotate takes the token from standard input only, and stores it when the carrier accepts it', async () => {
  const rig = await createNumbersRig();
  try {
    const { sealer } = await loadSecrets({ secretsKey: null, dataDir });
    await seed(sealer);
    const account = await rig.addAccount([]);
    const id = uuidv7();
    await db.withTenant(tenantId, (tx) => addTwilioNumbers(tx, sealer, { id, ...account, numbers: [] }));
    const rotate = (input: string, ...words: string[]) =>
      run(
        command('rotate-credential-cli.ts', { TWILIO_API_URL: rig.emulator.url }, [
          '--account',
          account.accountSid,
          ...words,
        ]),
        input,
      );
    const held = async () => {
      const [row] = await db.peek<{ auth_token_sealed: Buffer; previous_auth_token_sealed: Buffer | null }>(
        'select auth_token_sealed, previous_auth_token_sealed from carrier_accounts where id = $1',
        [id],
      );
      return [row?.auth_token_sealed, row?.previous_auth_token_sealed].map(
        (sealed) => sealed && sealer.open(sealed, credentialContext(tenantId, id)),
      );
    };
    expect((await rotate('f'.repeat(32))).refused).toMatch(/does not accept these credentials/);
    expect(await held()).toEqual([account.authToken, null]);

    const fresh = 'e'.repeat(32);
    await rig.setToken(account.accountSid, fresh, []);
    const { code, said } = await rotate(`${fresh}\n`);
    expect([code, said.includes(fresh)]).toEqual([0, false]);
    expect(await held()).toEqual([fresh, account.authToken]);
    expect((await rotate('', '--finish')).code).toBe(0);
    expect(await held()).toEqual([fresh, null]);
    const nobody = await run(command('rotate-credential-cli.ts', {}, ['--account', `AC${'0'.repeat(32)}`]), fresh);
    expect([nobody.code, nobody.refused]).toEqual([1, expect.stringMatching(/No team/)]);
  } finally {
    await rig.close();
  }
});
