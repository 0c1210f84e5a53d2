/**
 * `npm run secrets:rotate`: seals all stored credentials with a new key. Two keys are good until it has ended, and a run
 * that was interrupted is finished by the next one.
 *
 * With the key in DATA_DIR/secrets it makes the new key itself, while Patchline is stopped. With SECRETS_KEY, set the new
 * key there and the old one as SECRETS_KEY_PREVIOUS, restart the servers, run this, and remove SECRETS_KEY_PREVIOUS.
 */
import path from 'node:path';
import { resealSecondFactors } from '../platform/auth/reseal-second-factors.ts';
import { resealSignIn } from '../platform/auth/reseal-sign-in.ts';
import type { Database } from '../platform/database/doors.ts';
import { migrate } from '../platform/database/migrate.ts';
import { openForCommand } from '../platform/open-for-command.ts';
import { beginKeyRotation, endKeyRotation } from '../platform/secrets/key-file.ts';
import { loadSecrets } from '../platform/secrets/secrets.ts';
import { loadSettings, type Settings } from '../platform/settings.ts';
import { resealCredentials } from './reseal.ts';

const settings = loadSettings(process.env, process.argv.slice(2));
const refusal = settings.secretsKey === null ? await withKeyFile(settings) : await withVariables(settings);
if (refusal !== null) {
  console.error(refusal);
  process.exitCode = 1;
}

async function withKeyFile(from: Settings): Promise<string | null> {
  const dir = path.join(from.dataDir, 'secrets');
  const before = await open(from);
  try {
    if (await serversRun(before.database)) {
      return 'Patchline is running. Stop it first: its key file is replaced, and running servers would go on with the old one.';
    }
  } finally {
    await before.close();
  }
  await beginKeyRotation(dir);
  await reseal(from);
  await endKeyRotation(dir);
  console.log('Done. The key before is gone; people sign in again after the next start.');
  return null;
}

async function withVariables(from: Settings): Promise<string | null> {
  if (from.secretsKeyPrevious === null) {
    return [
      'SECRETS_KEY is set by you, so the new key is yours to make:',
      '  1. openssl rand -base64 32',
      '  2. Set it as SECRETS_KEY, and the one before it as SECRETS_KEY_PREVIOUS, and restart the servers.',
      '  3. Run this again, then remove SECRETS_KEY_PREVIOUS.',
    ].join('\n');
  }
  await reseal(from);
  console.log('Done. Nothing needs SECRETS_KEY_PREVIOUS any more: remove it.');
  return null;
}

async function reseal(from: Settings): Promise<void> {
  const { sealer, cookieSecret, previousCookieSecret } = await loadSecrets(from);
  const { database, authPool, close } = await open(from);
  try {
    const count = await resealCredentials(database, sealer, (done, of) => console.log(`${done} of ${of} accounts`));
    console.log(`${count} accounts were sealed with the new key.`);
    const others = await resealSignIn(database, sealer);
    const factors =
      previousCookieSecret === null ? 0 : await resealSecondFactors(authPool, cookieSecret, previousCookieSecret);
    console.log(`So were ${others} secrets of single sign-on and letters, and ${factors} second factors.`);
  } finally {
    await close();
  }
}

/** As a start does it: the roles' passwords come from the key, and are set anew before anybody signs in with them. */
async function open(from: Settings) {
  const secrets = await loadSecrets(from);
  return openForCommand(from, secrets, (url) => migrate(url, secrets.databasePassword));
}

/** Each server process holds a lock on its id for as long as it lives. */
function serversRun(database: Database): Promise<boolean> {
  return database.withPlatform(async (tx) => {
    const row = await tx.first(
      `select 1 from worker_heartbeats
       where not pg_try_advisory_xact_lock(hashtextextended(process_id::text, 0)) limit 1`,
    );
    return row !== null;
  });
}
